/**
 * Scenarios on the whole pipeline over a backend: the life of tasks, leases, restarts, outages, crashes. The
 * backend's test file runs them beside {@link backendContract}, over the same place. Every call of storage and
 * broker is made twice here too.
 */
import { describe } from "node:test";
import type { PlaceSetup } from "./backend/places.ts";
import { jointCrashes, pairCrashes } from "./pipeline/crashes.ts";
import { leaseScenarios } from "./pipeline/leases.ts";
import { lifeScenarios } from "./pipeline/life.ts";
import { outageScenarios, pairScenarios } from "./pipeline/outages.ts";
import { restartScenarios } from "./pipeline/restarts.ts";
import { declareScenario, type DeclareScenario } from "./pipeline/site.ts";

type Parts = Readonly<Record<string, (it: DeclareScenario) => void>>;

const EVERYWHERE: Parts = {
  life: lifeScenarios,
  leases: leaseScenarios,
  restarts: restartScenarios,
  outages: outageScenarios,
};
const JOINT: Parts = { ...EVERYWHERE, crashes: jointCrashes };
const PAIR: Parts = {
  ...EVERYWHERE,
  "outages between the halves": pairScenarios,
  crashes: pairCrashes,
};

/** Scenarios at once: they wait for timers most of the time. */
const CONCURRENCY = 6;

/** Declares the scenarios for a backend that is both, or for a pair. */
export function pipelineContract(
  name: string,
  kind: "joint" | "composed",
  setup: PlaceSetup,
): void {
  const it = declareScenario(setup);
  describe(`pipeline: ${name}`, () => {
    for (const [part, declare] of Object.entries(kind === "joint" ? JOINT : PAIR))
      describe(part, { concurrency: CONCURRENCY }, () => declare(it));
  });
}
