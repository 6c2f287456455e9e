/**
 * The suite of the broker contract. An implementation runs it in a test file of its own:
 *
 *     brokerContract("sqlite", async () => {
 *       const broker = …;                 // without messages
 *       await broker.start();
 *       return { subject: broker, close: async () => … };
 *     });
 *
 * Every method is called twice ({@link twiceBroker}).
 */
import { describe } from "node:test";
import type { Broker } from "../../broker/broker.ts";
import { holdTests } from "./broker/holds.ts";
import { publishTests } from "./broker/publish.ts";
import { takeTests } from "./broker/take.ts";
import { tieTests } from "./broker/ties.ts";
import { declareWith, type Declare, type Setup } from "./setup.ts";
import { twiceBroker } from "./twice.ts";

const PARTS: Readonly<Record<string, (it: Declare<Broker>) => void>> = {
  "lifecycle and ties": tieTests,
  publish: publishTests,
  take: takeTests,
  holds: holdTests,
};

/**
 * Declares the tests of every part of the broker contract with `node:test`, each over a component of its own. `name`
 * is for people. They wait for real time; all of them take some seconds.
 */
export function brokerContract(name: string, setup: Setup<Broker>): void {
  describe(`broker contract: ${name}`, () => {
    const it = declareWith(setup, twiceBroker);
    for (const [part, declare] of Object.entries(PARTS)) describe(part, () => declare(it));
  });
}
