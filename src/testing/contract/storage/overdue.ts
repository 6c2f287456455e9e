/** What the rescuer must look at, and when it must look again. */
import assert from "node:assert/strict";
import { AttemptState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { attentionAt, type TaskRecord } from "../../../core/record.ts";
import { giveBack, requestCancel, retryLater } from "../../../core/transitions.ts";
import type { Overdue, Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow } from "../records.ts";
import { add, addRunning, endUnstarted, finish, put } from "../scenes.ts";
import { assertSame, passed, type Declare } from "../setup.ts";

/** A task whose lease ended, or ends, at that time. */
async function leasedUntil(storage: Storage, leaseEndAt: number): Promise<TaskRecord> {
  const now = Math.min(leaseEndAt, Date.now()) - 1_000;
  return addRunning(storage, makeRecord({ createdAt: now }), { now, leaseMs: leaseEndAt - now });
}

async function overdue(storage: Storage, limit = 100): Promise<Overdue> {
  return storage.overdue({ limit });
}

export function overdueTests(it: Declare<Storage>): void {
  it("nothing is overdue where nothing has a deadline", async ({ subject }) => {
    const waiting = makeRecord();
    await add(subject, waiting);
    assertSame(await overdue(subject), { records: [], nextAt: 0 });
  });

  it("leases that ran out, the earliest first", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const second = await leasedUntil(subject, at + 200);
    const first = await leasedUntil(subject, at + 100);
    const third = await leasedUntil(subject, at + 300);
    assertSame(await overdue(subject), { records: [first, second, third], nextAt: 0 });
  });

  it("no more than the limit, and when the next one was due", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const records = [];
    for (let index = 0; index < 5; index++) records.push(await leasedUntil(subject, at + index));
    const page = await overdue(subject, 3);
    assertSame(page, { records: records.slice(0, 3), nextAt: at + 3 });
  });

  it("the next lease to end is known", async ({ subject }) => {
    const soon = Date.now() + 200;
    const later = await leasedUntil(subject, soon + 60_000);
    const next = await leasedUntil(subject, soon);
    assertSame(await overdue(subject), { records: [], nextAt: soon });
    await passed(subject, soon + 5);
    assertSame(await overdue(subject), { records: [next], nextAt: attentionAt(later) });
    await finish(subject, next);
    assertSame(await overdue(subject), { records: [], nextAt: attentionAt(later) });
  });

  it("a lease that was renewed is overdue at its new end alone", async ({ subject }) => {
    const { id, attempt, nonce } = await leasedUntil(subject, Date.now() - 1_000);
    const renewals = [{ id, attempt, nonce, leaseMs: 60_000 }];
    const [renewed] = await subject.renew({ renewals });
    assert.equal(renewed!.kind, "held");
    const { records, nextAt } = await overdue(subject);
    assert.deepEqual(records, []);
    // The suite calls everything twice: the second renewal may end later.
    assert.ok(nextAt > Date.now() + 30_000, String(nextAt));
  });

  it("the grace of a cancel, where it ends before the lease", async ({ subject }) => {
    const running = await leasedUntil(subject, Date.now() + 60_000);
    const now = Date.now() - 5_000;
    const cancel = { now, reason: "", forceAt: now + 1_000 };
    const canceling = await put(subject, running, requestCancel(running, cancel));
    assertSame((await overdue(subject)).records, [canceling]);
    const { id, attempt, nonce } = canceling;
    await subject.renew({ renewals: [{ id, attempt, nonce, leaseMs: 60_000 }] });
    const { records } = await overdue(subject);
    assert.deepEqual(
      records.map((record) => record.id),
      [id],
    );
  });

  it("waiting tasks past a deadline, unless it was met", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const pending = makeRecord({ createdAt: at, pendingDeadlineAt: at + 100 });
    const total = makeRecord({
      createdAt: at,
      totalDeadlineAt: at + 50,
      pendingDeadlineAt: at + 200,
    });
    const scheduled = makeRecord({
      createdAt: at,
      dueAt: Date.now() + 60_000,
      pendingDeadlineAt: at + 150,
    });
    const started = makeRecord({ createdAt: at, startedAt: at + 1, pendingDeadlineAt: at + 10 });
    const ahead = makeRecord({ pendingDeadlineAt: Date.now() + 60_000 });
    await add(subject, pending, total, scheduled, started, ahead);
    const expected = { records: [total, pending, scheduled], nextAt: ahead.pendingDeadlineAt };
    assertSame(await overdue(subject), expected);
  });

  it("what is handled is overdue no more", async ({ subject }) => {
    const past = Date.now() - 60_000;
    const lease = await leasedUntil(subject, past);
    const waiting = makeRecord({ createdAt: past, pendingDeadlineAt: past + 1 });
    const scheduled = makeRecord({ createdAt: past, totalDeadlineAt: past + 1 });
    await add(subject, waiting, scheduled);
    assert.equal((await overdue(subject)).records.length, 3);
    const lost = { now: Date.now(), state: AttemptState.LOST, reported: false };
    await put(subject, lease, giveBack(lease, lost, 0));
    await endUnstarted(subject, waiting);
    await endUnstarted(subject, scheduled);
    assertSame(await overdue(subject), { records: [], nextAt: 0 });
  });

  it("a task between attempts is overdue by its total deadline alone", async ({ subject }) => {
    const past = Date.now() - 60_000;
    const record = makeRecord({
      createdAt: past,
      pendingDeadlineAt: past + 500,
      totalDeadlineAt: past + 900,
    });
    await add(subject, record);
    const running = await put(subject, record, startNow(record, { now: past + 1 }));
    const end = { now: past + 2, state: AttemptState.FAILED, reported: true };
    const retrying = await put(subject, running, retryLater(running, end, Date.now() + 60_000));
    assert.equal(attentionAt(retrying), past + 900);
    assertSame(await overdue(subject), { records: [retrying], nextAt: 0 });
  });
}
