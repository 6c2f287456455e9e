/**
 * The suite of the pipeline's Backend contract, for joint backends and for composed pairs. A backend runs
 * it in a test file of its own:
 *
 *     backendContract({
 *       name: "sqlite storage, memory broker",
 *       kind: "composed",
 *       isShared: false,
 *       canLoseMessages: false,
 *       runsJointParts: true,
 *       setup: async () => ({ kind: "composed", storage: sqliteShelf(), broker: memoryShelf() }),
 *     });
 *
 * Every method is called twice: of the backend, and of the storage and the broker below it. What a joint
 * backend promises of a hand-out a pair promises too, once its messages are published: so the parts of the
 * joint suite run on pairs; joint backends run that suite themselves.
 */
import { describe } from "node:test";
import type { Joint } from "../../src/storage/joint.ts";
import { createTests } from "./backend/create.ts";
import { handOutTests } from "./backend/hand-out.ts";
import { jointView } from "./backend/joint-view.ts";
import { lifecycleTests } from "./backend/lifecycle.ts";
import type { Candidate } from "./backend/places.ts";
import { protocolTests } from "./backend/protocol.ts";
import { declareBackend, type DeclareBackend } from "./backend/stage.ts";
import { workTests } from "./backend/work.ts";
import { writeTests } from "./backend/write.ts";
import { JOINT_PARTS } from "../../src/testing/contract/joint-contract.ts";
import type { Declare } from "../../src/testing/contract/setup.ts";

const PARTS: Readonly<Record<string, (it: DeclareBackend) => void>> = {
  lifecycle: lifecycleTests,
  create: createTests,
  write: writeTests,
  "hand-out": handOutTests,
  "notices of work": workTests,
};

/** Clocks of a pair's halves may differ by this much, a busy machine between the two included, in ms. */
const SLACK_MS = 500;

/** Declares the tests of every part of the contract. */
export function backendContract({ name, kind, runsJointParts, setup }: Candidate): void {
  const it = declareBackend(setup);
  describe(`backend contract: ${name}`, () => {
    for (const [part, declare] of Object.entries(PARTS))
      describe(part, { concurrency: 4 }, () => declare(it));
    if (kind === "composed")
      describe("protocol of a pair", { concurrency: 4 }, () => protocolTests(setup));
    if (!runsJointParts) return;
    for (const [part, declare] of Object.entries(JOINT_PARTS))
      describe(`as a joint one: ${part}`, { concurrency: 4 }, () => declare(asJoint(it), SLACK_MS));
  });
}

/** Declares tests of the joint contract over a backend. */
function asJoint(it: DeclareBackend): Declare<Joint> {
  return (title, body) =>
    it(title, ({ backend, once, settled }) =>
      body({
        subject: jointView(backend, settled),
        once: jointView(once, settled),
        reopen: undefined,
      }),
    );
}
