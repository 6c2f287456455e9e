import assert from "node:assert/strict";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import {
  AttemptSchema,
  AttemptState,
  FailureSchema,
  TaskState,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs } from "../../src/core/duration.ts";
import { nonce } from "../../src/core/ids.ts";
import { LEASE_GRACE_MS, type TaskRecord } from "../../src/core/record.ts";
import {
  currentAttempt,
  endCanceled,
  endedAs,
  fail,
  giveBack,
  holds,
  isOfferedInVain,
  isStartable,
  MAX_ATTEMPT_HISTORY,
  renew,
  requestCancel,
  retryLater,
  start,
  succeed,
  takeBack,
  type AttemptEnd,
} from "../../src/core/transitions.ts";
import {
  everyByte,
  makeFailure,
  makeRecord,
  startParams,
} from "../../src/testing/contract/records.ts";

const now = 1_000_000;

/** A task that waited from 900,000 on and runs since 1,000,000. */
function running(overrides: Partial<TaskRecord> = {}): TaskRecord {
  const record = makeRecord({ createdAt: 900_000, state: TaskState.PENDING, ...overrides });
  return start(record, startParams({ now, leaseMs: 30_000 }));
}

function ending(state: AttemptState, overrides: Partial<AttemptEnd> = {}): AttemptEnd {
  return { now: now + 500, state, reported: true, ...overrides };
}

test("only what waits, is due and has time left may start", () => {
  const record = makeRecord({ state: TaskState.SCHEDULED, dueAt: now });
  assert.equal(isStartable(record, now), true);
  assert.equal(isStartable(record, now - 1), false);
  assert.equal(isStartable({ ...record, pendingDeadlineAt: now }, now), false);
  assert.equal(isStartable({ ...record, pendingDeadlineAt: now + 1 }, now), true);
  assert.equal(isStartable({ ...record, pendingDeadlineAt: 5, startedAt: 1 }, now), true);
  assert.equal(isStartable({ ...record, totalDeadlineAt: 5, startedAt: 1 }, now), false);
  assert.equal(isStartable({ ...record, state: TaskState.RUNNING }, now), false);
  assert.equal(isStartable({ ...record, state: TaskState.SUCCEEDED }, now), false);
});

test("a start takes the lease and charges an attempt", () => {
  const record = makeRecord({
    attempt: 4,
    charged: 2,
    attemptEvents: 8,
    attemptOutputs: 3,
    forceAt: 1,
  });
  const params = startParams({ now, leaseMs: 30_000, delivered: true });
  assert.deepEqual(start(record, params), {
    ...record,
    state: TaskState.RUNNING,
    revision: 2,
    updatedAt: now,
    attempt: 5,
    charged: 3,
    startedAt: now,
    attemptStartedAt: now,
    attemptDeadlineAt: 0,
    leaseEndAt: now + 30_000,
    nonce: params.nonce,
    sessionId: params.sessionId,
    workerId: params.workerId,
    delivered: true,
    attemptEvents: 0,
    attemptOutputs: 0,
    forceAt: 0,
  });
});

test("a later start keeps the time of the first, and deadlines shorten the lease", () => {
  const timed = running({ startedAt: 77, attemptTimeoutMs: 2_000 });
  assert.equal(timed.startedAt, 77);
  assert.equal(timed.attemptDeadlineAt, now + 2_000);
  assert.equal(timed.leaseEndAt, now + 2_000 + LEASE_GRACE_MS);
  const total = running({ attemptTimeoutMs: 20_000, totalDeadlineAt: now + 1_000 });
  assert.equal(total.leaseEndAt, now + 1_000 + LEASE_GRACE_MS);
});

test("a lease is held by its attempt and nonce, while the task runs", () => {
  const record = running();
  const lease = { attempt: 1, nonce: record.nonce };
  assert.equal(holds(record, lease), true);
  assert.equal(holds({ ...record, state: TaskState.CANCELING }, lease), true);
  assert.equal(holds(record, { ...lease, attempt: 2 }), false);
  assert.equal(holds(record, { ...lease, nonce: nonce() }), false);
  assert.equal(holds({ ...record, state: TaskState.PENDING }, lease), false);
});

test("a renewal moves the lease and makes no revision", () => {
  const record = running();
  const renewed = renew(record, record, now + 40_000, 10_000);
  assert.deepEqual(renewed, { ...record, delivered: true, leaseEndAt: now + 50_000 });
  assert.equal(renew(record, { attempt: 1, nonce: nonce() }, now, 10_000), undefined);
});

test("a success keeps its result and nothing of earlier failures", () => {
  const record = running({
    failure: makeFailure("Old"),
    checkpoint: everyByte(3),
    progress: everyByte(2),
  });
  const after = succeed(record, { now: now + 500, reported: true, result: everyByte(4) });
  assert.deepEqual(
    [after.result, after.failure, after.checkpoint],
    [everyByte(4), undefined, undefined],
  );
  assert.deepEqual(after.progress, everyByte(2));
  assert.deepEqual([after.nonce, after.leaseEndAt, after.attemptDeadlineAt], ["", 0, 0]);
  assert.deepEqual([after.workerId, after.sessionId], ["worker-1", "session-1"]);
  assert.equal(after.charged, 1);
});

test("an ended attempt is kept with its times, worker and failure", () => {
  const record = running();
  const failure = makeFailure("x".repeat(300));
  const { ended } = fail(record, ending(AttemptState.FAILED, { failure }));
  assert.equal(ended.length, 1);
  const { body, ...rest } = ended[0]!;
  const expected = { number: 1, state: AttemptState.FAILED, nonce: record.nonce, reported: true };
  assert.deepEqual(rest, expected);
  const attempt = fromBinary(AttemptSchema, body);
  assert.equal(attempt.number, 1);
  assert.equal(attempt.state, AttemptState.FAILED);
  assert.equal(attempt.workerId, "worker-1");
  assert.equal(attempt.fencingToken, 1n);
  assert.equal(timestampMs(attempt.startTime!), now);
  assert.equal(timestampMs(attempt.endTime!), now + 500);
  assert.deepEqual(attempt.failure, fromBinary(FailureSchema, failure));
});

test("failures of any length, around the sizes of their length", () => {
  for (const size of [0, 1, 100, 127, 128, 16_383, 16_384, 60_000]) {
    const failure = makeFailure("x".repeat(size));
    const { ended } = fail(running(), ending(AttemptState.FAILED, { failure }));
    assert.equal(fromBinary(AttemptSchema, ended[0]!.body).failure?.type.length, size);
  }
});

test("a failure with attempts left waits for its time, with its checkpoint", () => {
  const failure = makeFailure("E");
  const end = ending(AttemptState.FAILED, { failure, checkpoint: everyByte(5) });
  const after = retryLater(running(), end, now + 9_000);
  assert.deepEqual([after.dueAt, after.orderAt], [now + 9_000, now + 9_000]);
  assert.deepEqual([after.charged, after.lost], [1, 0]);
  assert.deepEqual([after.failure, after.checkpoint], [failure, everyByte(5)]);
});

test("a release is not charged and keeps the place, unless it asks for a delay", () => {
  const record = running();
  const back = giveBack(record, ending(AttemptState.RELEASED), 0);
  assert.deepEqual([back.state, back.charged, back.lost], [TaskState.PENDING, 0, 0]);
  assert.deepEqual([back.dueAt, back.orderAt], [record.dueAt, record.orderAt]);
  const later = giveBack(record, ending(AttemptState.RELEASED), 1_000);
  assert.deepEqual([later.state, later.charged], [TaskState.RETRYING, 0]);
  assert.deepEqual([later.dueAt, later.orderAt], [now + 1_500, now + 1_500]);
});

test("a lost lease is charged to its own account and keeps the place even with a delay", () => {
  const record = running();
  const end = ending(AttemptState.LOST, { reported: false });
  const back = giveBack(record, end, 0);
  assert.deepEqual([back.charged, back.lost, back.orderAt], [0, 1, record.orderAt]);
  const later = giveBack(record, end, 2_000);
  assert.deepEqual([later.charged, later.lost], [0, 1]);
  assert.deepEqual([later.dueAt, later.orderAt], [now + 2_500, record.orderAt]);
  const over = fail(record, end);
  assert.deepEqual([over.charged, over.lost], [0, 1]);
});

test("an offer that never arrived leaves no trace but its count", () => {
  const record = makeRecord({ createdAt: 900_000, undelivered: 8, attempt: 2 });
  const offered = start(record, startParams({ now }));
  const back = takeBack(offered, now + 900);
  assert.deepEqual([back.charged, back.lost, back.undelivered], [0, 0, 9]);
  assert.deepEqual([back.startedAt, back.attempt, back.ended.length], [0, 3, 0]);
  assert.deepEqual([back.dueAt, back.orderAt], [record.dueAt, record.orderAt]);
  assert.deepEqual([isOfferedInVain(offered), isOfferedInVain(back)], [false, true]);
  const later = takeBack(running({ startedAt: 77 }), now);
  assert.equal(later.startedAt, 77);
});

test("any end of an attempt forgets offers in vain", () => {
  const record = running({ undelivered: 5 });
  assert.equal(retryLater(record, ending(AttemptState.FAILED), now).undelivered, 0);
});

test("a cancel that the worker confirms, or that is forced, ends as canceled", () => {
  const canceling = requestCancel(running(), { now, reason: "stop", forceAt: now + 100 });
  const after = endCanceled(canceling, ending(AttemptState.CANCELED));
  assert.deepEqual(
    [after.state, after.cancelReason, after.forceAt],
    [TaskState.CANCELED, "stop", 0],
  );
  assert.equal(after.charged, 1);
});

test("the newest ten attempts are kept, and known by their lease", () => {
  let record = makeRecord({ createdAt: 900_000 });
  const nonces: string[] = [];
  for (let attempt = 1; attempt <= MAX_ATTEMPT_HISTORY + 5; attempt++) {
    const started = start(record, startParams({ now }));
    nonces.push(started.nonce);
    record = retryLater(started, ending(AttemptState.FAILED), now);
  }
  assert.deepEqual(
    record.ended.map(({ number }) => number),
    [6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  );
  assert.equal(endedAs(record, { attempt: 6, nonce: nonces[5]! })?.number, 6);
  assert.equal(endedAs(record, { attempt: 5, nonce: nonces[4]! }), undefined);
  assert.equal(endedAs(record, { attempt: 7, nonce: nonces[5]! }), undefined);
});

test("the current attempt is shown while it runs", () => {
  const attempt = currentAttempt(running());
  assert.deepEqual([attempt?.number, attempt?.state], [1, AttemptState.RUNNING]);
  assert.equal(timestampMs(attempt!.startTime!), now);
  assert.equal(currentAttempt(makeRecord()), undefined);
});
