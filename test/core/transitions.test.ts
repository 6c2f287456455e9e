import assert from "node:assert/strict";
import { test } from "node:test";
import { AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import {
  annotate,
  endCanceled,
  endWaiting,
  fail,
  giveBack,
  mayFollow,
  requestCancel,
  reschedule,
  retryByHand,
  retryLater,
  start,
  succeed,
  takeBack,
} from "../../src/core/transitions.ts";
import { makeFailure, makeRecord, startParams } from "../../src/testing/contract/records.ts";

const { SCHEDULED, PENDING, RETRYING, RUNNING, CANCELING } = TaskState;
const { SUCCEEDED, FAILED, CANCELED, EXPIRED } = TaskState;

const WAITING: readonly TaskState[] = [SCHEDULED, PENDING, RETRYING];
const TERMINAL: readonly TaskState[] = [SUCCEEDED, FAILED, CANCELED, EXPIRED];
const ALL = [...WAITING, RUNNING, CANCELING, ...TERMINAL];

const FROM_WAITING = [...WAITING, RUNNING, CANCELED, EXPIRED, FAILED];
const FOLLOWERS = new Map<TaskState, readonly TaskState[]>([
  [SCHEDULED, FROM_WAITING],
  [PENDING, FROM_WAITING],
  [RETRYING, FROM_WAITING],
  [RUNNING, [RUNNING, ...WAITING, CANCELING, SUCCEEDED, FAILED, CANCELED]],
  [CANCELING, [CANCELING, SUCCEEDED, FAILED, CANCELED]],
  ...TERMINAL.map((state) => [state, WAITING] as const),
]);

test("the table: every pair of states", () => {
  for (const from of ALL) {
    for (const to of ALL)
      assert.equal(mayFollow(from, to), FOLLOWERS.get(from)!.includes(to), `${from} to ${to}`);
  }
  assert.equal(mayFollow(TaskState.UNSPECIFIED, PENDING), false);
  assert.equal(mayFollow(PENDING, TaskState.UNSPECIFIED), false);
});

const now = 1_000_000;
const end = { now, state: AttemptState.FAILED, reported: true };
const failure = makeFailure("E");

/** Every transition, with the state that it leads to. */
const TRANSITIONS: readonly (readonly [string, TaskState, (record: TaskRecord) => TaskRecord])[] = [
  ["start", RUNNING, (record) => start(record, startParams({ now }))],
  ["succeed", SUCCEEDED, (record) => succeed(record, { ...end, result: undefined })],
  ["fail", FAILED, (record) => fail(record, end)],
  ["retryLater", RETRYING, (record) => retryLater(record, end, now + 5)],
  ["endCanceled", CANCELED, (record) => endCanceled(record, end)],
  ["giveBack", PENDING, (record) => giveBack(record, end, 0)],
  ["giveBack later", RETRYING, (record) => giveBack(record, end, 10)],
  ["takeBack", PENDING, (record) => takeBack(record, now)],
  ["endWaiting", EXPIRED, (record) => endWaiting(record, EXPIRED, { now, failure })],
  ["requestCancel", CANCELING, (record) => requestCancel(record, { now, reason: "", forceAt: 9 })],
  [
    "retryByHand",
    PENDING,
    (record) => retryByHand(record, { now, pendingTimeoutMs: 0, totalTimeoutMs: 0 }),
  ],
];

test("every transition holds to the table, grows the revision and says when", () => {
  for (const [name, to, transition] of TRANSITIONS) {
    for (const state of ALL) {
      const record = makeRecord({ state, revision: 41, updatedAt: 1, charged: 1 });
      if (mayFollow(state, to)) {
        const after = transition(record);
        assert.deepEqual([after.state, after.revision, after.updatedAt], [to, 42, now], name);
      } else {
        assert.throws(
          () => transition(record),
          (thrown: unknown) => thrown instanceof QTasksError && thrown.reason === "INTERNAL",
          `${name} from ${state}`,
        );
      }
    }
  }
});

test("transitions leave the record that they are given alone", () => {
  for (const [, to, transition] of TRANSITIONS) {
    const state = ALL.find((from) => mayFollow(from, to))!;
    const record = Object.freeze(makeRecord({ state, charged: 1, ended: Object.freeze([]) }));
    const { id, name, queue, spec, tags, createdAt } = transition(record);
    assert.deepEqual(
      { id, name, queue, spec, tags, createdAt },
      {
        id: record.id,
        name: record.name,
        queue: record.queue,
        spec: record.spec,
        tags: record.tags,
        createdAt: record.createdAt,
      },
    );
  }
});

test("terminal and ended, with a time to be purged, are one", () => {
  for (const [name, to, transition] of TRANSITIONS) {
    const state = ALL.find((from) => mayFollow(from, to))!;
    const record = makeRecord({
      state,
      charged: 1,
      retentionMs: 500,
      pendingDeadlineAt: 7,
      totalDeadlineAt: 8,
      endedAt: TERMINAL.includes(state) ? 3 : 0,
      purgeAt: TERMINAL.includes(state) ? 4 : 0,
    });
    const { endedAt, purgeAt, totalDeadlineAt } = transition(record);
    const terminal = TERMINAL.includes(to);
    assert.deepEqual([endedAt, purgeAt], terminal ? [now, now + 500] : [0, 0], name);
    if (terminal) assert.equal(totalDeadlineAt, 0, name);
  }
});

test("what is noted keeps the state, and the lease that the caller gives", () => {
  for (const state of [RUNNING, CANCELING]) {
    const record = makeRecord({ state, revision: 3, leaseEndAt: 5 });
    const after = annotate(record, now, { leaseEndAt: 50, delivered: true, attemptEvents: 2 });
    assert.deepEqual([after.state, after.revision, after.updatedAt], [state, 4, now]);
    assert.deepEqual([after.leaseEndAt, after.delivered, after.attemptEvents], [50, true, 2]);
  }
  const over = makeRecord({ state: SUCCEEDED });
  assert.throws(() => annotate(over, now, { leaseEndAt: 0, delivered: true }));
});

test("another time moves the deadlines with it and decides between pending and scheduled", () => {
  const record = makeRecord({
    state: PENDING,
    dueAt: now - 10,
    orderAt: now - 20,
    pendingDeadlineAt: now + 100,
    totalDeadlineAt: 0,
  });
  const later = reschedule(record, { now, dueAt: now + 40 });
  assert.deepEqual([later.state, later.dueAt, later.orderAt], [SCHEDULED, now + 40, now + 40]);
  assert.deepEqual([later.pendingDeadlineAt, later.totalDeadlineAt], [now + 150, 0]);
  const back = reschedule(later, { now, dueAt: now });
  assert.deepEqual([back.state, back.pendingDeadlineAt], [PENDING, now + 110]);
  const retrying = reschedule({ ...record, state: RETRYING }, { now, dueAt: now + 5 });
  assert.deepEqual([retrying.state, retrying.dueAt], [RETRYING, now + 5]);
});

test("another priority changes nothing else", () => {
  const record = makeRecord({ state: SCHEDULED, dueAt: now + 10, orderAt: now, priority: 1 });
  const after = reschedule(record, { now, priority: -7 });
  const { stamp } = after;
  assert.notEqual(stamp, record.stamp);
  assert.deepEqual(after, { ...record, priority: -7, revision: 2, stamp, updatedAt: now });
});

test("a waiting task ends with its failure, and keeps a reason that it had", () => {
  const record = makeRecord({ state: RETRYING, cancelReason: "earlier", checkpoint: failure });
  const canceled = endWaiting(record, CANCELED, { now, failure, cancelReason: "enough" });
  assert.deepEqual([canceled.cancelReason, canceled.failure], ["enough", failure]);
  assert.equal(canceled.checkpoint, undefined);
  assert.equal(endWaiting(record, FAILED, { now, failure }).cancelReason, "earlier");
});

test("the first reason of a cancel stays, its grace may be shortened", () => {
  const record = makeRecord({ state: RUNNING });
  const first = requestCancel(record, { now, reason: "one", forceAt: now + 60 });
  const second = requestCancel(first, { now, reason: "two", forceAt: now + 10 });
  assert.deepEqual([second.cancelReason, second.forceAt], ["one", now + 10]);
});

test("a retry by hand starts with fresh budgets and goes on with the history", () => {
  const attempt = {
    number: 3,
    state: AttemptState.FAILED,
    nonce: "",
    reported: true,
    body: failure,
  };
  const record = makeRecord({
    state: FAILED,
    attempt: 3,
    charged: 3,
    lost: 2,
    undelivered: 1,
    manualRetries: 1,
    startedAt: 5,
    endedAt: 6,
    purgeAt: 7,
    eventSequence: 9,
    cancelReason: "x",
    failure,
    result: failure,
    progress: failure,
    ended: [attempt],
  });
  const after = retryByHand(record, { now, pendingTimeoutMs: 100, totalTimeoutMs: 0 });
  assert.deepEqual(after, {
    ...record,
    state: PENDING,
    revision: 2,
    stamp: after.stamp,
    updatedAt: now,
    dueAt: now,
    orderAt: now,
    startedAt: 0,
    endedAt: 0,
    purgeAt: 0,
    pendingDeadlineAt: now + 100,
    totalDeadlineAt: 0,
    charged: 0,
    lost: 0,
    undelivered: 0,
    manualRetries: 2,
    cancelReason: "",
    result: undefined,
    failure: undefined,
    progress: undefined,
  });
});
