/**
 * The suite of the storage contract. An implementation runs it in a test file of its own:
 *
 *     storageContract("sqlite", async () => {
 *       const storage = …;                // over fresh data
 *       await storage.start();
 *       return { subject: storage, close: async () => …, reopen: async () => … };
 *     });
 *
 * Every method is called twice ({@link twiceStorage}). Times are real: the tests put them into the
 * past or the future of the records that they make.
 */
import { describe } from "node:test";
import type { Storage } from "../../storage/storage.ts";
import { documentTests } from "./documents-contract.ts";
import { declareWith, type Declare, type Setup } from "./setup.ts";
import { countTests } from "./storage/count.ts";
import { createTests } from "./storage/create.ts";
import { eventTests } from "./storage/events.ts";
import { feedTests } from "./storage/feed.ts";
import { filterTests } from "./storage/filters.ts";
import { intentTests } from "./storage/intents.ts";
import { leaseTests } from "./storage/leases.ts";
import { lifecycleTests } from "./storage/lifecycle.ts";
import { listTests } from "./storage/list.ts";
import { overdueTests } from "./storage/overdue.ts";
import { purgeTests } from "./storage/purge.ts";
import { removeTests } from "./storage/remove.ts";
import { roundtripTests } from "./storage/roundtrip.ts";
import { uniqueTests } from "./storage/unique.ts";
import { writeTests } from "./storage/write.ts";
import { twiceStorage } from "./twice.ts";

const PARTS: Readonly<Record<string, (it: Declare<Storage>) => void>> = {
  lifecycle: lifecycleTests,
  create: createTests,
  "unique keys": uniqueTests,
  roundtrip: roundtripTests,
  write: writeTests,
  events: eventTests,
  leases: leaseTests,
  remove: removeTests,
  list: listTests,
  filters: filterTests,
  counts: countTests,
  overdue: overdueTests,
  purge: purgeTests,
  intents: intentTests,
  feed: feedTests,
  documents: documentTests,
};

/**
 * Declares the tests of every part of the storage contract with `node:test`, each over a component of its own. `name`
 * is for people. They wait for real time; all of them take some seconds.
 */
export function storageContract(name: string, setup: Setup<Storage>): void {
  describe(`storage contract: ${name}`, () => {
    const it = declareWith(setup, twiceStorage);
    for (const [part, declare] of Object.entries(PARTS)) describe(part, () => declare(it));
  });
}
