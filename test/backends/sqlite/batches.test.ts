/** Rows are inserted many at a time: each of a batch gets its own verdict all the same. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { labelTag } from "../../../src/core/tags.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { handOutParams } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord, plain } from "../../../src/testing/contract/records.ts";
import { freshFolder, openStorage } from "./fresh.ts";

function many(count: number, overrides: Partial<TaskRecord> = {}): TaskRecord[] {
  return Array.from({ length: count }, () => makeRecord(overrides));
}

const toTasks = (records: readonly TaskRecord[]) => records.map((record) => ({ record }));

test("a large batch in which ids are taken, named twice, delayed and tagged", async (t) => {
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db") });
  const before = many(3);
  await storage.create({ tasks: toTasks(before) });
  const fresh = many(60);
  const delayed = makeRecord({ dueAt: Date.now() + 3_600_000 });
  const tagged = makeRecord({ tags: [labelTag("a", "b")] });
  const old = makeRecord({ dueAt: Date.now() - 900, orderAt: Date.now() - 1_000 });
  const batch = [
    ...fresh.slice(0, 20),
    before[0]!,
    ...fresh.slice(20, 41),
    fresh[3]!,
    fresh[40]!,
    delayed,
    before[2]!,
    tagged,
    ...fresh.slice(41),
    fresh[41]!,
    old,
  ];
  const seen = new Set(before.map(({ id }) => id));
  const expected = batch.map(({ id }) => {
    const kind = seen.has(id) ? "exists" : "created";
    seen.add(id);
    return kind;
  });
  const verdicts = await storage.create({ tasks: toTasks(batch) });
  assert.deepEqual(
    verdicts.map(({ kind }) => kind),
    expected,
  );
  const all = [...before, ...fresh, delayed, tagged, old];
  const read = await storage.read({ ids: all.map(({ id }) => id) });
  assert.deepEqual(plain(read), plain(all));
  const handed = await storage.handOut(handOutParams({ max: 1_000 }));
  const ids = handed.records.map(({ id }) => id);
  const due = all.filter((record) => record !== delayed);
  assert.deepEqual(ids.toSorted(), due.map(({ id }) => id).toSorted());
  const { states } = (await storage.queueStats({ queues: [] }))[0]!;
  assert.deepEqual(
    states,
    new Map([
      [TaskState.SCHEDULED, 1],
      [TaskState.RUNNING, due.length],
    ]),
  );
});
