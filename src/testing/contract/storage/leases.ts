/** Renewals: held while the lease is current, expired or not. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { nonce } from "../../../core/ids.ts";
import { LEASE_GRACE_MS, type TaskRecord } from "../../../core/record.ts";
import { giveBack, requestCancel } from "../../../core/transitions.ts";
import type { Renewal, RenewVerdict, Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow } from "../records.ts";
import { add, addRunning, finish, Notices, put, readOne } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

async function renew(
  storage: Storage,
  record: TaskRecord,
  overrides: Partial<Renewal> = {},
): Promise<RenewVerdict> {
  const { id, attempt, nonce: own } = record;
  const renewal = { id, attempt, nonce: own, leaseMs: 60_000, ...overrides };
  const [verdict] = await storage.renew({ renewals: [renewal] });
  return verdict!;
}

const LOST = { kind: "lost" };

export function leaseTests(it: Declare<Storage>): void {
  it("a current lease is moved, without a new revision", async ({ subject, once }) => {
    const running = await addRunning(subject, makeRecord(), { leaseMs: 5_000 });
    const before = subject.now();
    const verdict = await renew(once, running);
    assert.ok(verdict.kind === "held");
    assert.ok(
      verdict.leaseEndAt >= before + 59_000 && verdict.leaseEndAt <= subject.now() + 61_000,
    );
    assert.equal(verdict.canceling, false);
    assert.equal(verdict.cancelReason, "");
    const { leaseEndAt } = verdict;
    assertSame(await readOne(subject, running.id), { ...running, delivered: true, leaseEndAt });
    assert.equal((await renew(subject, running)).kind, "held");
  });

  it("a lease that has run out can be renewed still", async ({ subject }) => {
    const past = Date.now() - 60_000;
    const running = await addRunning(subject, makeRecord({ createdAt: past }), {
      now: past,
      leaseMs: 1_000,
    });
    const { records } = await subject.overdue({ limit: 10 });
    assertSame(records, [running]);
    assert.equal((await renew(subject, running)).kind, "held");
    assertSame((await subject.overdue({ limit: 10 })).records, []);
  });

  it("a lease ends soon after the deadline of its attempt", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord({ attemptTimeoutMs: 20_000 }));
    const verdict = await renew(subject, running, { leaseMs: 600_000 });
    assert.ok(verdict.kind === "held");
    assert.equal(verdict.leaseEndAt, running.attemptDeadlineAt + LEASE_GRACE_MS);
  });

  it("a lease ends soon after the deadline of its task", async ({ subject }) => {
    const totalDeadlineAt = Date.now() + 10_000;
    const record = makeRecord({ attemptTimeoutMs: 20_000, totalDeadlineAt });
    const verdict = await renew(subject, await addRunning(subject, record), { leaseMs: 600_000 });
    assert.ok(verdict.kind === "held");
    assert.equal(verdict.leaseEndAt, totalDeadlineAt + LEASE_GRACE_MS);
  });

  it("a renewal tells of a cancel, and why", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const now = Date.now();
    const cancel = { now, reason: "nicht mehr nötig 🛑", forceAt: now + 60_000 };
    const canceling = await put(subject, running, requestCancel(running, cancel));
    const verdict = await renew(subject, canceling);
    assert.ok(verdict.kind === "held");
    assert.equal(verdict.canceling, true);
    assert.equal(verdict.cancelReason, cancel.reason);
  });

  it("a write from before a renewal does not take the renewal back", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord(), { leaseMs: 1_000, delivered: false });
    const renewed = await renew(subject, running, { leaseMs: 600_000 });
    assert.ok(renewed.kind === "held");
    const cancel = { now: Date.now(), reason: "stop", forceAt: 0 };
    await put(subject, running, requestCancel(running, cancel));
    const stored = await readOne(subject, running.id);
    assert.ok(stored !== undefined && stored.state === TaskState.CANCELING);
    assert.ok(stored.leaseEndAt >= renewed.leaseEndAt);
    assert.equal(stored.delivered, true);
    assertSame((await subject.overdue({ limit: 10 })).records, []);
  });

  it("a lease that was renewed since is not taken away", async ({ subject, once }) => {
    const running = await addRunning(subject, makeRecord(), { leaseMs: 1_000 });
    const end = { now: Date.now(), state: AttemptState.LOST, reported: false };
    const after = giveBack(running, end, 0);
    const { revision, leaseEndAt } = running;
    const renewed = await renew(once, running, { leaseMs: 600_000 });
    assert.ok(renewed.kind === "held");
    const [verdict] = await subject.write({ changes: [{ revision, leaseEndAt, after }] });
    assert.ok(verdict?.kind === "conflict");
    assert.equal(verdict.record?.leaseEndAt, renewed.leaseEndAt);
    const change = { revision, leaseEndAt: renewed.leaseEndAt, after };
    assertSame(await subject.write({ changes: [change] }), [{ kind: "applied" }]);
  });

  it("other attempts and nonces are lost, as is what does not run", async ({ subject }) => {
    const waiting = makeRecord();
    await add(subject, waiting);
    const running = await addRunning(subject, makeRecord());
    assertSame(await renew(subject, running, { attempt: 2 }), LOST);
    assertSame(await renew(subject, running, { nonce: nonce() }), LOST);
    assertSame(await renew(subject, running, { id: "unknown" }), LOST);
    assertSame(await renew(subject, waiting, { nonce: nonce() }), LOST);
    assertSame(await renew(subject, waiting, { nonce: "0".repeat(32) }), LOST);
    assertSame(await readOne(subject, running.id), running);
    await finish(subject, running);
    assertSame(await renew(subject, running), LOST);
  });

  it("a lease that was superseded is lost", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const end = { now: Date.now(), state: AttemptState.LOST, reported: false };
    const back = await put(subject, running, giveBack(running, end, 0));
    assertSame(await renew(subject, running), LOST);
    const again = await put(subject, back, startNow(back, { nonce: running.nonce }));
    assertSame(await renew(subject, running), LOST);
    assert.equal((await renew(subject, again)).kind, "held");
  });

  it("each item has its verdict", async ({ subject }) => {
    const [first, second] = [
      await addRunning(subject, makeRecord()),
      await addRunning(subject, makeRecord()),
    ];
    const renewals = [
      { id: first.id, attempt: 1, nonce: first.nonce, leaseMs: 60_000 },
      { id: second.id, attempt: 9, nonce: second.nonce, leaseMs: 60_000 },
      { id: second.id, attempt: 1, nonce: second.nonce, leaseMs: 60_000 },
    ];
    const verdicts = await subject.renew({ renewals });
    assert.deepEqual(
      verdicts.map(({ kind }) => kind),
      ["held", "lost", "held"],
    );
  });

  it("renewals are no news", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const marker = makeRecord();
    const notices = new Notices(subject);
    await renew(subject, running);
    await add(subject, marker);
    await notices.ofRevision(marker);
    notices.end();
    assert.ok(notices.changes.filter(({ id }) => id === running.id).length <= 1);
    for (const change of notices.changes)
      assert.ok(change.id === marker.id || change.revision === running.revision);
  });
}
