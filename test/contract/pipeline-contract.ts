/**
 * Scenarios on the whole pipeline over a backend: the life of tasks, leases, restarts, outages, crashes. The
 * backend's test file runs them beside {@link backendContract}, over the same place. Every call of storage and
 * broker is made twice here too.
 */
import { describe } from "node:test";
import type { Candidate } from "./backend/places.ts";
import { jointCrashes, pairCrashes } from "./pipeline/crashes.ts";
import { leaseScenarios } from "./pipeline/leases.ts";
import { lifeScenarios } from "./pipeline/life.ts";
import { losing, outageScenarios, pairScenarios } from "./pipeline/outages.ts";
import { forgetting, restartScenarios } from "./pipeline/restarts.ts";
import { sharedScenarios } from "./pipeline/shared.ts";
import { declareScenario, type DeclareScenario } from "./pipeline/site.ts";

type Parts = Readonly<Record<string, (it: DeclareScenario) => void>>;

/** Scenarios at once: they wait for timers most of the time. */
const CONCURRENCY = 6;

/** Declares the scenarios that the backend can play. */
export function pipelineContract(candidate: Candidate): void {
  const it = declareScenario(candidate.setup);
  describe(`pipeline: ${candidate.name}`, () => {
    for (const [part, declare] of Object.entries(partsFor(candidate)))
      describe(part, { concurrency: CONCURRENCY }, () => declare(it));
  });
}

function partsFor({ kind, isShared, canLoseMessages }: Candidate): Parts {
  const isPair = kind === "composed";
  return {
    life: lifeScenarios,
    leases: leaseScenarios,
    restarts: restartScenarios,
    outages: outageScenarios,
    crashes: isPair ? pairCrashes : jointCrashes,
    ...(isPair && { "outages between the halves": pairScenarios, "forgetful brokers": forgetting }),
    ...(canLoseMessages && { "brokers that lose everything under way": losing }),
    ...(isShared && { "two servers": sharedScenarios }),
  };
}
