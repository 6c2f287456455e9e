/**
 * The suite of the joint contract: what `handOut` takes, in which order, and that it starts attempts
 * exactly as `start` of core/transitions.ts does. Its `create`, `write` and notices are held to the
 * storage contract by `storageContract`, which a joint backend runs too:
 *
 *     const setup = async () => ({ subject: joint, close: async () => … });
 *     storageContract("sqlite", setup);
 *     jointContract("sqlite", setup);
 */
import { describe } from "node:test";
import type { Joint } from "../../storage/joint.ts";
import { afterNothingTests } from "./joint/after-nothing.ts";
import { dueTests } from "./joint/due.ts";
import { limitTests } from "./joint/limits.ts";
import { orderTests } from "./joint/order.ts";
import { startTests } from "./joint/start.ts";
import { declareWith, type Declare, type Setup } from "./setup.ts";
import { twiceJoint } from "./twice.ts";

/** Also run by `backendContract`, on pairs. */
export const JOINT_PARTS: Readonly<Record<string, (it: Declare<Joint>, slackMs?: number) => void>> =
  {
    start: startTests,
    order: orderTests,
    "due times": dueTests,
    limits: limitTests,
    "after nothing": afterNothingTests,
  };

/**
 * Declares the tests of what a joint backend has beyond a storage, with `node:test`, each over a component of its own.
 * `name` is for people. Run `storageContract` beside it.
 */
export function jointContract(name: string, setup: Setup<Joint>): void {
  describe(`joint contract: ${name}`, () => {
    const it = declareWith(setup, twiceJoint);
    for (const [part, declare] of Object.entries(JOINT_PARTS)) describe(part, () => declare(it));
  });
}
