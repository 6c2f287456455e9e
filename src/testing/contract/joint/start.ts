/** A hand-out starts attempts as `start` of core/transitions.ts does, once per nonce. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { nonce } from "../../../core/ids.ts";
import type { TaskRecord } from "../../../core/record.ts";
import { retryLater, start, succeed } from "../../../core/transitions.ts";
import type { HandOutParams, Joint } from "../../../storage/joint.ts";
import { fullRecord, makeFailure, makeRecord, makeSpec, startNow } from "../records.ts";
import { add, addRunning, filterOf, finish, listAll, Notices, put, readOne } from "../scenes.ts";
import { assertSame, passed, type Declare } from "../setup.ts";
import { handOut, handOutParams, idsOf, takeIds } from "./taking.ts";

/** Hands the task out and compares it with what core makes of it, field by field. */
async function assertStarted(
  joint: Joint,
  record: TaskRecord,
  overrides: Partial<HandOutParams> = {},
): Promise<TaskRecord> {
  const offers = [{ queue: record.queue, names: [record.name] }];
  const params = handOutParams({ offers, ...overrides });
  const before = joint.now();
  const { records } = await joint.handOut(params);
  const [started] = records;
  assert.deepEqual(idsOf(records), [record.id]);
  const now = started!.attemptStartedAt;
  assert.ok(now >= before - 1_000 && now <= joint.now() + 1_000, "the storage's own time");
  assertSame(started, start(record, { ...params, now }));
  assertSame(await readOne(joint, record.id), started);
  return started!;
}

export function startTests(it: Declare<Joint>): void {
  it("a new task, as core starts it", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const started = await assertStarted(subject, record);
    assert.deepEqual([started.attempt, started.charged, started.revision], [1, 1, 2]);
    assert.equal(started.delivered, false);
  });

  it("a task with deadlines, whose lease they shorten", async ({ subject }) => {
    const soon = makeRecord({ totalDeadlineAt: Date.now() + 2_000, queue: "a" });
    const short = makeRecord({ attemptTimeoutMs: 1_000, queue: "b" });
    const both = makeRecord({
      queue: "c",
      attemptTimeoutMs: 9_000,
      totalDeadlineAt: Date.now() + 5_000,
      pendingDeadlineAt: Date.now() + 4_000,
    });
    const far = makeRecord({ queue: "d", attemptTimeoutMs: 900_000 });
    await add(subject, soon, short, both, far);
    for (const record of [soon, short, both, far])
      await assertStarted(subject, record, { leaseMs: 60_000 });
  });

  it("an attempt in this process, which needs no proof of its delivery", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const started = await assertStarted(subject, record, { delivered: true });
    assert.equal(started.delivered, true);
  });

  it("a later attempt, with all that the task has gathered", async ({ subject }) => {
    const record = fullRecord();
    await add(subject, record);
    const started = await assertStarted(subject, record, { workerId: "wörker-2", sessionId: "Ω" });
    assert.deepEqual([started.attempt, started.charged], [5, 4]);
    assert.deepEqual([started.attemptEvents, started.attemptOutputs], [0, 0]);
    assert.equal(started.startedAt, record.startedAt);
  });

  it("a task that failed and waits again", async ({ subject }) => {
    const record = makeRecord({ spec: makeSpec("mail.send", 100_000) });
    await add(subject, record);
    const first = await assertStarted(subject, record);
    const past = Date.now() - 1;
    const end = {
      now: past,
      state: AttemptState.FAILED,
      reported: true,
      failure: makeFailure("E"),
    };
    const retrying = await put(subject, first, retryLater(first, end, past));
    const second = await assertStarted(subject, retrying);
    assert.deepEqual([second.attempt, second.charged, second.ended.length], [2, 2, 1]);
  });

  it("its lease is overdue, renewed and ended like any other", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const { records } = await handOut(subject, { leaseMs: 50 });
    const started = records[0]!;
    await passed(subject, started.leaseEndAt + 5);
    assertSame((await subject.overdue({ limit: 10 })).records, [started]);
    const { id, attempt, nonce: own } = started;
    const [renewed] = await subject.renew({
      renewals: [{ id, attempt, nonce: own, leaseMs: 60_000 }],
    });
    assert.equal(renewed!.kind, "held");
    assertSame((await subject.overdue({ limit: 10 })).records, []);
    await finish(subject, started);
    assert.deepEqual(await takeIds(subject), []);
  });

  it("counts, lists and notices follow", async ({ subject }) => {
    const [first, second] = [makeRecord({ createdAt: Date.now() - 9 }), makeRecord()];
    await add(subject, first, second);
    const notices = new Notices(subject);
    const { records } = await handOut(subject, { max: 1 });
    await notices.ofRevision(records[0]!);
    notices.end();
    const told = notices.changes.find(({ revision }) => revision === 2);
    assert.equal(told?.state, TaskState.RUNNING);
    const { states } = await subject.count({ filter: filterOf({}), maxExamined: 0 });
    assert.deepEqual(Object.fromEntries(states), {
      [TaskState.PENDING]: 1,
      [TaskState.RUNNING]: 1,
    });
    const running = await listAll(subject, { filter: filterOf({ states: [TaskState.RUNNING] }) });
    assertSame(running, records);
    const [stats] = await subject.queueStats({ queues: ["default"] });
    assert.equal(stats?.oldestPendingAt, second.dueAt);
  });

  it("a repeat answers with the same tasks, whatever has come since", async ({ once }) => {
    await add(once, ...Array.from({ length: 6 }, () => makeRecord()));
    const params = handOutParams({ max: 3 });
    const first = await once.handOut(params);
    assert.equal(first.records.length, 3);
    await add(once, makeRecord({ priority: 9 }));
    const second = await once.handOut(params);
    assertSame(second.records, first.records);
    assert.equal(second.more, true);
    const rest = await handOut(once);
    assert.equal(rest.records.length, 4);
    assert.equal(rest.records.filter(({ id }) => idsOf(first.records).includes(id)).length, 0);
  });

  it("no task is handed out twice, however many take at once", async ({ once }) => {
    const records = Array.from({ length: 200 }, () => makeRecord());
    await add(once, ...records);
    const take = async (): Promise<string[]> => {
      const taken: string[] = [];
      for (;;) {
        const ids = await takeIds(once, { max: 7, nonce: nonce() });
        if (ids.length === 0) return taken;
        taken.push(...ids);
        assert.ok(taken.length <= records.length, "more was handed out than there is");
      }
    };
    const taken = (await Promise.all(Array.from({ length: 8 }, take))).flat();
    assert.deepEqual(taken.toSorted(), idsOf(records).toSorted());
  });

  it("a task that a write started, ended or removed is not handed out", async ({ subject }) => {
    const [started, left] = [makeRecord(), makeRecord()];
    await add(subject, started, left);
    await put(subject, started, startNow(started));
    const running = await addRunning(subject, makeRecord());
    const end = { now: Date.now(), reported: true, result: undefined };
    await put(subject, running, succeed(running, end));
    assert.deepEqual(await takeIds(subject), [left.id]);
  });
}
