/** `start` and `renew` exist in core and in Lua: over random records they do the same, field by field. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { nonce } from "../../../src/core/ids.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { renew, requestCancel, start } from "../../../src/core/transitions.ts";
import { everyByte, fullRecord, makeRecord } from "../../../src/testing/contract/records.ts";
import { add, put, readOne } from "../../../src/testing/contract/scenes.ts";
import { assertSame, type Fresh } from "../../../src/testing/contract/setup.ts";
import { freshStorage } from "./fresh.ts";

const RECORDS = 200;

describe("transitions in Lua", () => {
  let fresh: Fresh<RedisStorage>;
  before(async () => (fresh = await freshStorage()));
  after(() => fresh.close());

  test("start and renew are those of core", async () => {
    const storage = fresh.subject;
    for (let round = 0; round < RECORDS; round++) {
      const record = randomRecord();
      await add(storage, record);
      const started = await startBoth(storage, record);
      const held = randomInt(2) === 0 ? started : await cancelSome(storage, started);
      await renewBoth(storage, held);
    }
  });

  test("tasks of one hand-out start each for itself, like ones and unlike ones", async () => {
    const storage = fresh.subject;
    const records = Array.from({ length: 300 }, () => randomNew());
    const late = Array.from({ length: 20 }, () => lateNew());
    await add(storage, ...records, ...late);
    const lease = {
      nonce: nonce(),
      sessionId: "s",
      workerId: "w",
      leaseMs: 20_000,
      delivered: false,
    };
    const handed = await storage.handOut({
      offers: QUEUES.map((queue) => ({ queue, names: ["new"] })),
      max: 1000,
      maxBytes: 1 << 20,
      ...lease,
    });
    const started = new Map(handed.records.map((record) => [record.id, record]));
    assert.equal(started.size, records.length, "those past their deadline are passed over");
    for (const record of records) {
      const now = started.get(record.id)!.attemptStartedAt;
      assertSame(started.get(record.id), start(record, { ...lease, now }));
      assertSame(await readOne(storage, record.id), started.get(record.id)!);
    }
    for (const { queue, states } of await storage.queueStats({ queues: QUEUES }))
      assert.equal(
        states.get(TaskState.RUNNING),
        records.filter((record) => record.queue === queue).length,
      );
  });
});

const QUEUES = ["one", "two"];

/** A task that was never started: few values, so that some are alike. */
function randomNew(): TaskRecord {
  const now = Date.now();
  const createdAt = now - 1_000 - randomInt(2);
  return makeRecord({
    queue: QUEUES[randomInt(2)]!,
    name: "new",
    spec: everyByte(randomInt(3)),
    createdAt,
    revision: randomInt(1, 3),
    attemptTimeoutMs: maybe(10_000) ?? 0,
    pendingDeadlineAt: maybe(createdAt + 60_000) ?? 0,
    totalDeadlineAt: maybe(createdAt + 90_000) ?? 0,
    ...maybe({ startedAt: createdAt, attempt: 1, charged: randomInt(2) }),
  });
}

function lateNew(): TaskRecord {
  return { ...randomNew(), startedAt: 0, pendingDeadlineAt: Date.now() - 500 };
}

async function startBoth(storage: RedisStorage, record: TaskRecord): Promise<TaskRecord> {
  const lease = {
    nonce: nonce(),
    sessionId: "s".repeat(randomInt(40)),
    workerId: maybe("wörker") ?? "",
    leaseMs: randomInt(1, 60_000),
    delivered: randomInt(2) === 0,
  };
  const { records } = await storage.handOut({
    offers: [{ queue: record.queue, names: [record.name] }],
    max: 1,
    maxBytes: 1,
    ...lease,
  });
  const [started] = records;
  assert.ok(started !== undefined, "the record can be started");
  assertSame(started, start(record, { ...lease, now: started.attemptStartedAt }));
  assertSame(await readOne(storage, record.id), started);
  return started;
}

function cancelSome(storage: RedisStorage, record: TaskRecord): Promise<TaskRecord> {
  const now = storage.now();
  const forceAt = randomInt(2) === 0 ? 0 : now + randomInt(100_000);
  return put(storage, record, requestCancel(record, { now, reason: "stöp", forceAt }));
}

async function renewBoth(storage: RedisStorage, record: TaskRecord): Promise<void> {
  const { id, attempt, nonce: own } = record;
  const leaseMs = randomInt(1, 60_000);
  const least = storage.now();
  const [verdict] = await storage.renew({ renewals: [{ id, attempt, nonce: own, leaseMs }] });
  assert.ok(verdict?.kind === "held");
  assert.equal(verdict.canceling, record.state === TaskState.CANCELING);
  assert.equal(verdict.cancelReason, verdict.canceling ? record.cancelReason : "");
  const most = storage.now() + 1;
  const renewed = await readOne(storage, id);
  const lease = { attempt, nonce: own };
  assertSame(renewed, { ...renew(record, lease, 0, 0), leaseEndAt: verdict.leaseEndAt });
  assert.ok(verdict.leaseEndAt >= renew(record, lease, least, leaseMs)!.leaseEndAt);
  assert.ok(verdict.leaseEndAt <= renew(record, lease, most, leaseMs)!.leaseEndAt);
}

function randomRecord(): TaskRecord {
  const now = Date.now();
  const due = now - randomInt(1, 100_000);
  return fullRecord({
    queue: "q",
    name: "n".repeat(randomInt(1, 256)),
    spec: everyByte(randomInt(0, 3_000)),
    tags: maybe(["l\u001fa\u001fb\u001e"]) ?? [],
    state: [TaskState.PENDING, TaskState.SCHEDULED, TaskState.RETRYING][randomInt(3)]!,
    priority: randomInt(-1000, 1001),
    dueAt: due,
    orderAt: due - randomInt(1_000),
    revision: randomInt(1, 2 ** 47),
    attempt: randomInt(2 ** 31),
    charged: randomInt(2 ** 31),
    attemptTimeoutMs: maybe(randomInt(1, 100_000)) ?? 0,
    startedAt: maybe(now - randomInt(100_000)) ?? 0,
    pendingDeadlineAt: maybe(now + randomInt(50_000, 100_000)) ?? 0,
    totalDeadlineAt: maybe(now + randomInt(50_000, 100_000)) ?? 0,
    workerId: maybe("worker-ß") ?? "",
    sessionId: maybe("session") ?? "",
    result: maybe(everyByte(randomInt(500))),
    failure: undefined,
    progress: maybe(everyByte(9)),
    checkpoint: maybe(new Uint8Array(0)),
    ended: [],
    ...maybe({ cancelReason: "", progress: undefined, checkpoint: undefined, result: undefined }),
  });
}

function maybe<T>(value: T): T | undefined {
  return randomInt(2) === 0 ? value : undefined;
}
