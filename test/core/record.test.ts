import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  attentionAt,
  earliest,
  isLeased,
  isTerminal,
  isWaiting,
  LEASE_GRACE_MS,
  leaseEnd,
  stateAt,
  waitingDeadlineAt,
} from "../../src/core/record.ts";
import { makeRecord } from "../../src/testing/contract/records.ts";

const { SCHEDULED, PENDING, RETRYING, RUNNING, CANCELING } = TaskState;
const { SUCCEEDED, FAILED, CANCELED, EXPIRED } = TaskState;

test("every state either waits, is leased or is terminal", () => {
  const kinds = [isWaiting, isLeased, isTerminal];
  const groups = [
    [SCHEDULED, PENDING, RETRYING],
    [RUNNING, CANCELING],
    [SUCCEEDED, FAILED, CANCELED, EXPIRED],
  ];
  for (const [group, states] of groups.entries()) {
    for (const state of states)
      assert.deepEqual(
        kinds.map((is) => is(state)),
        kinds.map((_, index) => index === group),
      );
  }
});

test("what waits for a time that has come is pending", () => {
  for (const state of [SCHEDULED, PENDING, RETRYING]) {
    assert.equal(stateAt({ state, dueAt: 100 }, 99), state);
    assert.equal(stateAt({ state, dueAt: 100 }, 100), PENDING);
  }
  for (const state of [RUNNING, CANCELING, SUCCEEDED, EXPIRED])
    assert.equal(stateAt({ state, dueAt: 100 }, 200), state);
});

test("the pending deadline counts until the first attempt, the total one always", () => {
  const record = makeRecord({ pendingDeadlineAt: 50, totalDeadlineAt: 90 });
  assert.equal(waitingDeadlineAt(record), 50);
  assert.equal(waitingDeadlineAt({ ...record, startedAt: 10 }), 90);
  assert.equal(waitingDeadlineAt({ ...record, totalDeadlineAt: 20 }), 20);
  assert.equal(waitingDeadlineAt({ ...record, startedAt: 10, totalDeadlineAt: 0 }), 0);
});

test("the rescuer looks at leases, graces and deadlines", () => {
  const record = makeRecord({
    leaseEndAt: 70,
    forceAt: 0,
    pendingDeadlineAt: 50,
    totalDeadlineAt: 90,
  });
  assert.equal(attentionAt({ ...record, state: RUNNING }), 70);
  assert.equal(attentionAt({ ...record, state: CANCELING, forceAt: 60 }), 60);
  assert.equal(attentionAt({ ...record, state: CANCELING, forceAt: 80 }), 70);
  assert.equal(attentionAt({ ...record, state: RETRYING }), 50);
  assert.equal(attentionAt({ ...record, state: SUCCEEDED }), 0);
});

test("the earlier of two times, where none is no time", () => {
  assert.equal(earliest(0, 0), 0);
  assert.equal(earliest(0, 5), 5);
  assert.equal(earliest(5, 0), 5);
  assert.equal(earliest(7, 5), 5);
});

test("a lease ends soon after the first of the deadlines", () => {
  const end = (attemptDeadlineAt: number, totalDeadlineAt: number): number =>
    leaseEnd({ attemptDeadlineAt, totalDeadlineAt }, 1_000_000, 30_000);
  assert.equal(end(0, 0), 1_030_000);
  assert.equal(end(1_010_000, 0), 1_010_000 + LEASE_GRACE_MS);
  assert.equal(end(1_010_000, 1_005_000), 1_005_000 + LEASE_GRACE_MS);
  assert.equal(end(1_029_000, 0), 1_030_000);
});
