/** What is not due waits, and what is past its deadline is passed over. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { reschedule, retryLater } from "../../../core/transitions.ts";
import type { Joint } from "../../../storage/joint.ts";
import { makeRecord } from "../records.ts";
import { add, addRunning, put } from "../scenes.ts";
import { assertSame, eventually, passed, type Declare } from "../setup.ts";
import { handOut, handOutParams, takeIds } from "./taking.ts";

/**
 * `slackMs`: how much later than it is a due time may be told, where broker and storage have clocks of
 * their own.
 */
export function dueTests(it: Declare<Joint>, slackMs = 0): void {
  it("a task that lies ahead is not taken, but its time is told", async ({ subject }) => {
    const [later, sooner] = [
      makeRecord({ dueAt: Date.now() + 60_000 }),
      makeRecord({ dueAt: Date.now() + 30_000 }),
    ];
    const foreign = makeRecord({ name: "other", dueAt: Date.now() + 10_000 });
    await add(subject, later, sooner, foreign);
    const { records, more, nextDueAt } = await handOut(subject);
    assertSame(records, []);
    assert.equal(more, false);
    assert.ok(nextDueAt > Date.now() && nextDueAt <= sooner.dueAt + slackMs);
  });

  it("nothing lies ahead: no time is told", async ({ subject }) => {
    await add(subject, makeRecord(), makeRecord({ name: "other", dueAt: Date.now() + 10_000 }));
    assert.equal((await handOut(subject)).nextDueAt, 0);
    assert.equal((await handOut(subject)).nextDueAt, 0);
  });

  it("a task that has become due is taken, at the place of its age", async ({ subject, once }) => {
    const soon = subject.now() + 200;
    const [first, second] = [
      makeRecord({ dueAt: soon, state: TaskState.SCHEDULED }),
      makeRecord({ dueAt: soon - 60_000, orderAt: soon + 60_000 }),
    ];
    await add(subject, first, second, makeRecord({ dueAt: soon + 60_000 }));
    await passed(subject, soon + slackMs);
    const taken = await eventually("the task that became due", async () => {
      const { records } = await once.handOut(handOutParams({ max: 1 }));
      return records[0];
    });
    assert.equal(taken.id, first.id);
    assert.deepEqual(await takeIds(subject), [second.id]);
  });

  it("a task whose retry is due is taken, one whose retry lies ahead is not", async ({
    subject,
  }) => {
    const end = { now: Date.now() - 9_000, state: AttemptState.FAILED, reported: true };
    const [due, ahead] = [
      await addRunning(subject, makeRecord()),
      await addRunning(subject, makeRecord()),
    ];
    await put(subject, due, retryLater(due, end, Date.now() - 1_000));
    const waiting = await put(subject, ahead, retryLater(ahead, end, Date.now() + 60_000));
    const { records, nextDueAt } = await handOut(subject);
    assert.deepEqual(
      records.map(({ id }) => id),
      [due.id],
    );
    assert.ok(nextDueAt > Date.now() && nextDueAt <= waiting.dueAt + slackMs);
  });

  it("what is stored as scheduled, and was due before it came, is taken", async ({ subject }) => {
    const record = makeRecord({ dueAt: Date.now() - 1_000, state: TaskState.SCHEDULED });
    await add(subject, record);
    assert.deepEqual(await takeIds(subject), [record.id]);
  });

  it("a task that was put off waits, one that was brought forward does not", async ({
    subject,
  }) => {
    const [off, forward] = [makeRecord(), makeRecord({ dueAt: Date.now() + 60_000 })];
    await add(subject, off, forward);
    const now = Date.now();
    await put(subject, off, reschedule(off, { now, dueAt: now + 60_000 }));
    await put(subject, forward, reschedule(forward, { now, dueAt: now - 1_000 }));
    const { records, nextDueAt } = await handOut(subject);
    assert.deepEqual(
      records.map(({ id }) => id),
      [forward.id],
    );
    assert.ok(nextDueAt > now && nextDueAt <= now + 60_000 + slackMs);
  });

  it("tasks past their deadline are passed over, for the rescuer", async ({ subject }) => {
    const past = Date.now() - 1_000;
    const createdAt = Date.now() - 60_000;
    const pending = makeRecord({ createdAt, pendingDeadlineAt: past, priority: 9 });
    const total = makeRecord({ createdAt, totalDeadlineAt: past, priority: 8 });
    const started = makeRecord({
      createdAt,
      startedAt: createdAt,
      pendingDeadlineAt: past,
      priority: 7,
    });
    const fresh = makeRecord({ createdAt, pendingDeadlineAt: Date.now() + 60_000 });
    await add(subject, pending, total, started, fresh);
    const { records, more } = await handOut(subject);
    assert.deepEqual(
      records.map(({ id }) => id),
      [started.id, fresh.id],
    );
    assert.equal(more, false);
    const overdue = await subject.overdue({ limit: 10 });
    assert.deepEqual(
      overdue.records.map(({ id }) => id).toSorted(),
      [pending.id, total.id].toSorted(),
    );
  });

  it("many past their deadline do not hide the one behind them", async ({ subject }) => {
    const createdAt = Date.now() - 60_000;
    const dead = Array.from({ length: 300 }, () =>
      makeRecord({ createdAt, pendingDeadlineAt: createdAt + 1, priority: 1 }),
    );
    const alive = makeRecord();
    await add(subject, ...dead, alive);
    const taken = await eventually("the task behind", async () => {
      const ids = await takeIds(subject, { max: 5 });
      return ids.length > 0 ? ids : undefined;
    });
    assert.deepEqual(taken, [alive.id]);
    const { records } = await subject.overdue({ limit: 1_000 });
    assert.equal(records.length, 300);
  });

  it("a deadline that was moved makes the task startable", async ({ subject }) => {
    const createdAt = Date.now() - 60_000;
    const record = makeRecord({ createdAt, pendingDeadlineAt: createdAt + 10_000 });
    await add(subject, record);
    assert.deepEqual(await takeIds(subject), []);
    const now = Date.now();
    await put(subject, record, reschedule(record, { now, dueAt: now - 1 }));
    assert.deepEqual(await takeIds(subject), [record.id]);
  });
}
