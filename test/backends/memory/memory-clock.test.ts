import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryBroker } from "../../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { makeMessage, takeIds } from "../../../src/testing/contract/broker/messages.ts";
import { handOutParams, idsOf } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord, noted } from "../../../src/testing/contract/records.ts";
import { add, addRunning, filterOf, log, put } from "../../../src/testing/contract/scenes.ts";

/** A clock that stands still until the test moves it. */
function makeClock() {
  let at = Date.now();
  return {
    now: () => at,
    monotonic: () => at,
    advance: (ms: number) => {
      at += ms;
    },
  };
}

test("a task becomes due, overdue and purgeable by the given clock", async () => {
  const clock = makeClock();
  const storage = new MemoryStorage({ clock });
  const dueAt = clock.now() + 3_600_000;
  const record = makeRecord({ dueAt, pendingDeadlineAt: dueAt + 1_000 });
  await add(storage, record);
  const states = async () => (await storage.count({ filter: filterOf({}), maxExamined: 0 })).states;
  assert.deepEqual([...(await states()).keys()], [TaskState.SCHEDULED]);
  assert.equal((await storage.handOut(handOutParams())).nextDueAt, dueAt);
  clock.advance(3_600_000);
  assert.deepEqual([...(await states()).keys()], [TaskState.PENDING]);
  assert.deepEqual((await storage.overdue({ limit: 1 })).nextAt, dueAt + 1_000);
  clock.advance(1_000);
  assert.deepEqual(idsOf((await storage.overdue({ limit: 1 })).records), [record.id]);
  assert.deepEqual((await storage.handOut(handOutParams())).records, []);
});

test("the storage's clock does not follow one that runs backwards", () => {
  const clock = makeClock();
  const storage = new MemoryStorage({ clock });
  const before = storage.now();
  clock.advance(-60_000);
  assert.equal(storage.now(), before);
});

test("a nonce is remembered for a minute", async () => {
  const clock = makeClock();
  const storage = new MemoryStorage({ clock });
  await add(storage, makeRecord(), makeRecord(), makeRecord(), makeRecord());
  const params = handOutParams({ max: 1 });
  const first = await storage.handOut(params);
  clock.advance(59_000);
  await storage.handOut(handOutParams({ max: 1 }));
  assert.deepEqual(idsOf((await storage.handOut(params)).records), idsOf(first.records));
  clock.advance(2_000);
  await storage.handOut(handOutParams({ max: 1 }));
  assert.notDeepEqual(idsOf((await storage.handOut(params)).records), idsOf(first.records));
});

test("a repeat leaves out tasks that another attempt has taken since", async () => {
  const storage = new MemoryStorage();
  const [kept, lost] = [makeRecord({ priority: 1 }), makeRecord()];
  await add(storage, kept, lost);
  const params = handOutParams();
  const { records } = await storage.handOut(params);
  const back = { ...records[1]!, state: TaskState.PENDING, revision: 3, nonce: "" };
  await put(storage, records[1]!, back);
  assert.deepEqual(idsOf((await storage.handOut(params)).records), [kept.id]);
});

test("as many logs are kept as the options say", async () => {
  const storage = new MemoryStorage({ maxLogs: 3 });
  const running = await addRunning(storage, makeRecord());
  await put(storage, running, noted(running, 5), { events: [1, 2, 3, 4, 5].map((at) => log(at)) });
  const { events } = await storage.events({
    id: running.id,
    afterSequence: 0,
    limit: 10,
    maxBytes: 1_000,
  });
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    [3, 4, 5],
  );
});

test("delays and holds of a broker go by the given clock", async () => {
  const clock = makeClock();
  const broker = new MemoryBroker({ clock });
  const message = makeMessage({ delayMs: 60_000 });
  await broker.publish({ messages: [message] });
  clock.advance(59_999);
  assert.deepEqual(await takeIds(broker), []);
  clock.advance(1);
  assert.deepEqual(await takeIds(broker, { holdMs: 1_000 }), [message.taskId]);
  clock.advance(999);
  assert.deepEqual(await takeIds(broker), []);
  clock.advance(1);
  assert.deepEqual(await takeIds(broker), [message.taskId]);
});
