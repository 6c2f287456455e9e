import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { toTimestamp } from "../../src/core/duration.ts";
import { isCounted, isEmptyFilter, recordPredicate } from "../../src/core/filter.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../src/core/tags.ts";
import { makeFailure, makeRecord } from "../../src/testing/contract/records.ts";
import { filterOf } from "../../src/testing/contract/scenes.ts";

const now = 1_000_000;

type Fields = Parameters<typeof filterOf>[0];

const record = makeRecord({
  id: "t1",
  name: "mail.send",
  queue: "mails",
  state: TaskState.FAILED,
  createdAt: 500,
  endedAt: 900,
  workerId: "w1",
  failure: makeFailure("Timeout"),
  tags: [labelTag("a", "1"), labelTag("b", "2"), parentTag("p1"), uniqueTag("mail.send", "k1")],
});

function matches(fields: Fields, of: TaskRecord = record, cutoffAt = 0): boolean {
  return recordPredicate(filterOf(fields), cutoffAt)(of, now);
}

/** For each field values that match the record, and values that do not. */
const CASES: readonly (readonly [Fields, Fields])[] = [
  [{ queues: ["x", "mails"] }, { queues: ["x"] }],
  [{ names: ["mail.send"] }, { names: ["mail"] }],
  [{ states: [TaskState.FAILED] }, { states: [TaskState.SUCCEEDED, TaskState.PENDING] }],
  [{ labels: { a: "1", b: "2" } }, { labels: { a: "1", b: "3" } }],
  [{ createTimeFrom: toTimestamp(500) }, { createTimeFrom: toTimestamp(501) }],
  [{ createTimeTo: toTimestamp(501) }, { createTimeTo: toTimestamp(500) }],
  [{ endTimeFrom: toTimestamp(900) }, { endTimeFrom: toTimestamp(901) }],
  [{ endTimeTo: toTimestamp(901) }, { endTimeTo: toTimestamp(900) }],
  [{ workerIds: ["w1"] }, { workerIds: ["w2"] }],
  [{ parentTaskIds: ["p2", "p1"] }, { parentTaskIds: ["p2"] }],
  [{ failureTypes: ["Timeout"] }, { failureTypes: ["Time"] }],
  [{ uniqueKeys: ["k1"] }, { uniqueKeys: ["mail.send"] }],
  [{ taskIds: ["t1", "t2"] }, { taskIds: ["t2"] }],
];

test("each field, alone and with all others", () => {
  const all: Fields = Object.assign({}, ...CASES.map(([match]) => match));
  assert.equal(matches({}), true);
  assert.equal(matches(all), true);
  for (const [match, mismatch] of CASES) {
    assert.equal(matches(match), true, JSON.stringify(Object.keys(match)));
    assert.equal(matches(mismatch), false, JSON.stringify(Object.keys(mismatch)));
    assert.equal(matches({ ...all, ...mismatch }), false);
  }
});

test("a task that lacks what the filter names does not match", () => {
  const bare = makeRecord();
  assert.equal(matches({ labels: { a: "1" } }, bare), false);
  assert.equal(matches({ parentTaskIds: ["p1"] }, bare), false);
  assert.equal(matches({ uniqueKeys: ["k1"] }, bare), false);
  assert.equal(matches({ failureTypes: [""] }, bare), false);
  assert.equal(matches({ endTimeTo: toTimestamp(now) }, bare), false);
  assert.equal(matches({ endTimeFrom: toTimestamp(0) }, bare), false);
});

test("states are those at the time that is given", () => {
  const waiting = makeRecord({ state: TaskState.SCHEDULED, dueAt: now });
  const pending = recordPredicate(filterOf({ states: [TaskState.PENDING] }));
  assert.equal(pending(waiting, now), true);
  assert.equal(pending(waiting, now - 1), false);
});

test("a cutoff leaves out what was created or ended at that time or later", () => {
  assert.equal(matches({}, record, 901), true);
  assert.equal(matches({}, record, 900), false);
  const open = makeRecord({ createdAt: 500 });
  assert.equal(matches({}, open, 501), true);
  assert.equal(matches({}, open, 500), false);
});

test("counters answer for queues and states alone", () => {
  assert.equal(isCounted(filterOf({})), true);
  assert.equal(isCounted(filterOf({ queues: ["a"], states: [TaskState.FAILED] })), true);
  const counted = new Set(["queues", "states"]);
  for (const [match] of CASES) {
    const [field] = Object.keys(match);
    assert.equal(isCounted(filterOf(match)), counted.has(field!), field);
    assert.equal(isEmptyFilter(filterOf(match)), false, field);
  }
  assert.equal(isEmptyFilter(filterOf({})), true);
});
