/** The merge of many names' ready sets, fetched in pieces: over random tasks it is a sort. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { nonce } from "../../../src/core/ids.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { freshStorage } from "./fresh.ts";

const TASKS = 600;
const NAMES = 13;

test("tasks of many names are handed out in one order", async () => {
  const fresh = await freshStorage();
  const start = Date.now() - 10_000;
  const records = Array.from({ length: TASKS }, () => randomRecord(start));
  await add(fresh.subject, ...records);
  const given: string[] = [];
  for (let more = true; more;) {
    const page = await fresh.subject.handOut({
      offers: [{ queue: "default", names: Array.from({ length: NAMES }, (_, n) => `n${n}`) }],
      max: randomInt(1, 60),
      maxBytes: 10_000_000,
      nonce: nonce(),
      sessionId: "s",
      workerId: "w",
      leaseMs: 10_000,
      delivered: true,
    });
    given.push(...page.records.map(({ id }) => id));
    ({ more } = page);
  }
  assert.deepEqual(
    given,
    records.toSorted(inOrder).map(({ id }) => id),
  );
  await fresh.close();
});

/** Few priorities and times, so that ids decide often; ids share beginnings and differ in case. */
function randomRecord(start: number): TaskRecord {
  const id = `${"Aa".repeat(randomInt(3))}${nonce().slice(0, 12)}`;
  const dueAt = start + randomInt(3);
  return makeRecord({ id, dueAt, name: `n${randomInt(NAMES)}`, priority: randomInt(-1, 2) });
}

function inOrder(a: TaskRecord, b: TaskRecord): number {
  return b.priority - a.priority || a.orderAt - b.orderAt || (a.id < b.id ? -1 : 1);
}
