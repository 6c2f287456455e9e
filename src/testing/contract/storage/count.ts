/** Counts from counters, counts by reading, and the state of queues. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { requestCancel, retryByHand, retryLater } from "../../../core/transitions.ts";
import type { QueueStats, Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow } from "../records.ts";
import { add, addRunning, endUnstarted, filterOf, finish, put } from "../scenes.ts";
import { passed, type Declare } from "../setup.ts";

type Counts = Readonly<Record<number, number>>;

/** The counts, by counters, of what the filter names. */
async function counts(
  storage: Storage,
  fields: Parameters<typeof filterOf>[0] = {},
): Promise<Counts> {
  const answer = await storage.count({ filter: filterOf(fields), maxExamined: 0 });
  assert.equal(answer.approximate, false);
  const sum = [...answer.states.values()].reduce((total, count) => total + count, 0);
  assert.equal(answer.count, sum);
  return Object.fromEntries(answer.states);
}

/** Statistics without the states that no task is in, and names in order. */
async function stats(storage: Storage, queues: readonly string[]): Promise<unknown[]> {
  const answer = await storage.queueStats({ queues });
  return answer.map(({ states, waitingNames, ...rest }: QueueStats) => ({
    ...rest,
    states: Object.fromEntries([...states].filter(([, count]) => count > 0)),
    waitingNames: waitingNames.toSorted(),
  }));
}

export function countTests(it: Declare<Storage>): void {
  it("counters follow every change", async ({ subject }) => {
    assert.deepEqual(await counts(subject), {});
    const record = makeRecord();
    await add(subject, record, makeRecord(), makeRecord({ queue: "b" }));
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 3 });
    const running = await put(subject, record, startNow(record));
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 2, [TaskState.RUNNING]: 1 });
    const cancel = { now: Date.now(), reason: "", forceAt: Date.now() + 60_000 };
    const canceling = await put(subject, running, requestCancel(running, cancel));
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 2, [TaskState.CANCELING]: 1 });
    const ended = await finish(subject, canceling);
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 2, [TaskState.SUCCEEDED]: 1 });
    const budget = { now: Date.now(), pendingTimeoutMs: 0, totalTimeoutMs: 0 };
    const again = await put(subject, ended, retryByHand(ended, budget));
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 3 });
    const { id, revision } = await endUnstarted(subject, again);
    await subject.remove({ items: [{ id, revision }] });
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 2 });
  });

  it("counters know queues and states apart", async ({ subject }) => {
    await add(
      subject,
      makeRecord({ queue: "a" }),
      makeRecord({ queue: "a" }),
      makeRecord({ queue: "b" }),
    );
    await addRunning(subject, makeRecord({ queue: "b" }));
    assert.deepEqual(await counts(subject, { queues: ["a"] }), { [TaskState.PENDING]: 2 });
    assert.deepEqual(await counts(subject, { queues: ["b", "b", "x"] }), {
      [TaskState.PENDING]: 1,
      [TaskState.RUNNING]: 1,
    });
    assert.deepEqual(await counts(subject, { states: [TaskState.RUNNING] }), {
      [TaskState.RUNNING]: 1,
    });
    const both = { queues: ["a"], states: [TaskState.RUNNING, TaskState.PENDING] };
    assert.deepEqual(await counts(subject, both), { [TaskState.PENDING]: 2 });
    assert.deepEqual(await counts(subject, { states: [TaskState.FAILED] }), {});
    assert.deepEqual(await counts(subject, { queues: ["x"] }), {});
  });

  it("what has become due counts as pending", async ({ subject }) => {
    const soon = subject.now() + 150;
    await add(subject, makeRecord({ dueAt: soon, state: TaskState.SCHEDULED }));
    await add(subject, makeRecord({ dueAt: soon + 60_000 }));
    const running = await addRunning(subject, makeRecord());
    const end = { now: Date.now(), state: AttemptState.FAILED, reported: true };
    await put(subject, running, retryLater(running, end, soon));
    await passed(subject, soon + 5);
    const [stats] = await subject.queueStats({ queues: ["default"] });
    assert.equal(stats?.oldestPendingAt, soon);
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 2, [TaskState.SCHEDULED]: 1 });
    assert.deepEqual(await counts(subject, { states: [TaskState.PENDING] }), {
      [TaskState.PENDING]: 2,
    });
    assert.deepEqual(await counts(subject, { states: [TaskState.RETRYING] }), {});
  });

  it("what ended while it was due leaves no count behind", async ({ subject }) => {
    const due = makeRecord({ dueAt: Date.now() - 5_000, state: TaskState.SCHEDULED });
    await add(subject, due);
    assert.deepEqual(await counts(subject), { [TaskState.PENDING]: 1 });
    const running = await put(subject, due, startNow(due));
    assert.deepEqual(await counts(subject), { [TaskState.RUNNING]: 1 });
    await finish(subject, running);
    assert.deepEqual(await counts(subject), { [TaskState.SUCCEEDED]: 1 });
  });

  it("other filters are counted by reading, and may be approximate", async ({ subject }) => {
    const records = Array.from({ length: 30 }, (_, index) =>
      makeRecord({ name: index % 3 === 0 ? "rare" : "common" }),
    );
    await add(subject, ...records);
    const filter = filterOf({ names: ["rare"] });
    const whole = await subject.count({ filter, maxExamined: 1_000 });
    assert.deepEqual([whole.count, whole.approximate], [10, false]);
    assert.deepEqual(Object.fromEntries(whole.states), { [TaskState.PENDING]: 10 });
    const part = await subject.count({ filter, maxExamined: 6 });
    assert.ok(part.approximate ? part.count <= 10 : part.count === 10);
  });

  it("counts by reading see what has become due as pending", async ({ subject }) => {
    const due = { dueAt: Date.now() - 5_000, state: TaskState.SCHEDULED };
    await add(subject, makeRecord(due), makeRecord({ ...due, name: "other" }), makeRecord());
    const filter = filterOf({ names: ["mail.send"] });
    const { states } = await subject.count({ filter, maxExamined: 1_000 });
    assert.deepEqual(Object.fromEntries(states), { [TaskState.PENDING]: 2 });
  });

  it("queue statistics: states, age, and the names that wait", async ({ subject }) => {
    const at = Date.now() - 50_000;
    await add(
      subject,
      makeRecord({ queue: "b", name: "y", dueAt: at + 2_000 }),
      makeRecord({ queue: "b", name: "x", dueAt: at + 1_000, priority: -5 }),
      makeRecord({ queue: "b", name: "z", dueAt: Date.now() + 60_000 }),
    );
    await addRunning(subject, makeRecord({ queue: "b", name: "w", dueAt: at }));
    await addRunning(subject, makeRecord({ queue: "a" }));
    const a = {
      queue: "a",
      states: { [TaskState.RUNNING]: 1 },
      oldestPendingAt: 0,
      waitingNames: [],
    };
    const b = {
      queue: "b",
      states: { [TaskState.PENDING]: 2, [TaskState.SCHEDULED]: 1, [TaskState.RUNNING]: 1 },
      oldestPendingAt: at + 1_000,
      waitingNames: ["x", "y", "z"],
    };
    assert.deepEqual(await stats(subject, []), [a, b]);
    assert.deepEqual(await stats(subject, ["b", "unknown", "a"]), [b, a]);
    assert.deepEqual(await stats(subject, ["unknown"]), []);
  });

  it("the oldest pending task may be one that became due", async ({ subject }) => {
    const dueAt = Date.now() - 5_000;
    const due = makeRecord({ dueAt, state: TaskState.SCHEDULED });
    await add(subject, due, makeRecord({ dueAt: dueAt + 1_000 }));
    const [before] = await subject.queueStats({ queues: ["default"] });
    assert.equal(before?.oldestPendingAt, dueAt);
    await put(subject, due, startNow(due));
    const [after] = await subject.queueStats({ queues: ["default"] });
    assert.equal(after?.oldestPendingAt, dueAt + 1_000);
  });

  it("a queue that had tasks is known still", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const { id, revision } = await endUnstarted(subject, record);
    await subject.remove({ items: [{ id, revision }] });
    const empty = { queue: "default", states: {}, oldestPendingAt: 0, waitingNames: [] };
    assert.deepEqual(await stats(subject, []), [empty]);
    assert.deepEqual(await stats(subject, ["default"]), [empty]);
  });
}
