import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { nonce } from "../../../src/core/ids.ts";
import type { HandedOut } from "../../../src/storage/joint.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { freshFolder, openStorage } from "./fresh.ts";

const NAMES = ["a", "b", "c"];
/** More than one hand-out makes ready. */
const BACKLOG = 2_500;

function take(storage: SqliteStorage, max: number): Promise<HandedOut> {
  return storage.handOut({
    offers: [{ queue: "default", names: NAMES }],
    max,
    maxBytes: 100_000_000,
    nonce: nonce(),
    sessionId: "s",
    workerId: "w",
    leaseMs: 60_000,
    delivered: true,
  });
}

async function pending(storage: SqliteStorage): Promise<number> {
  const count = await storage.count({ filter: create(TaskFilterSchema), maxExamined: 1 });
  return count.states.get(TaskState.PENDING) ?? 0;
}

test("a backlog that falls due at once is handed out, each task once, and counted right all the while", async (t) => {
  const clock = { at: Date.now(), now: () => clock.at, monotonic: () => clock.at };
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db"), clock });
  const dueAt = clock.at + 60_000;
  const records = Array.from({ length: BACKLOG }, (_, at) =>
    makeRecord({ dueAt: dueAt + (at % 7), name: NAMES[at % 3]!, state: TaskState.SCHEDULED }),
  );
  await add(storage, ...records);
  assert.equal((await take(storage, 10)).nextDueAt, dueAt);
  assert.equal(await pending(storage), 0);

  clock.at = dueAt + 100;
  assert.equal(await pending(storage), BACKLOG);
  const [stats] = await storage.queueStats({ queues: [] });
  assert.equal(stats?.oldestPendingAt, dueAt);
  const first = await take(storage, 0);
  assert.deepEqual([first.records.length, first.more], [0, true]);
  assert.equal(await pending(storage), BACKLOG);

  const taken: TaskRecord[] = [];
  for (let more = true; more;) {
    const handedOut = await take(storage, 400);
    taken.push(...handedOut.records);
    more = handedOut.more;
    assert.equal(await pending(storage), BACKLOG - taken.length);
  }
  assert.equal(new Set(taken.map((record) => record.id)).size, BACKLOG);
});

test("many names are merged by age, however few of each are read at a time", async (t) => {
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db") });
  const oldest = Date.now() - 10_000;
  const records = Array.from({ length: 300 }, (_, at) =>
    makeRecord({ createdAt: oldest + at, name: NAMES[at < 150 ? 0 : at % 3]! }),
  );
  await add(storage, ...records);
  const taken: string[] = [];
  for (let more = true; more;) {
    const handedOut = await take(storage, 70);
    taken.push(...handedOut.records.map((record) => record.id));
    more = handedOut.more;
  }
  assert.deepEqual(
    taken,
    records.map((record) => record.id),
  );
});
