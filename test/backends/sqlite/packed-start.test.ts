/** The start that the hand-out patches into packed records is the start of core/transitions.ts, field by field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { PackedStarts } from "../../../src/backends/sqlite/engine/packed-start.ts";
import { decodeRecord } from "../../../src/core/record-reader.ts";
import { encodeRecord } from "../../../src/core/record-writer.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { isStartable, start, type StartParams } from "../../../src/core/transitions.ts";
import {
  fullRecord,
  makeRecord,
  plain,
  startParams,
} from "../../../src/testing/contract/records.ts";

const NOW = 1_800_000_000_000;
const past = { createdAt: NOW - 5_000, dueAt: NOW - 4_000, orderAt: NOW - 6_000 };

const RECORDS: Readonly<Record<string, TaskRecord>> = {
  "a new one": makeRecord(past),
  "one with every field": fullRecord({ ...past, totalDeadlineAt: 0, pendingDeadlineAt: 0 }),
  "one that started before": fullRecord({
    ...past,
    startedAt: NOW - 900,
    totalDeadlineAt: NOW + 9,
  }),
  "one that is retried": fullRecord({
    ...past,
    state: TaskState.RETRYING,
    totalDeadlineAt: NOW + 9,
  }),
  "one that was scheduled": makeRecord({ ...past, state: TaskState.SCHEDULED }),
  "one with a limit of the attempt": makeRecord({ ...past, attemptTimeoutMs: 1_000 }),
  "one with a deadline ahead": makeRecord({ ...past, pendingDeadlineAt: NOW + 1 }),
  "one with a limit and a deadline": makeRecord({
    ...past,
    attemptTimeoutMs: 1_000,
    totalDeadlineAt: NOW + 500,
  }),
  "one without any bytes": makeRecord({ ...past, spec: new Uint8Array(0) }),
  "one that is not due": makeRecord({ ...past, state: TaskState.SCHEDULED, dueAt: NOW + 1 }),
  "one past its pending deadline": makeRecord({ ...past, pendingDeadlineAt: NOW }),
  "one past its total deadline": makeRecord({ ...past, totalDeadlineAt: NOW }),
  "one that started and is past its pending deadline": makeRecord({
    ...past,
    startedAt: NOW - 900,
    pendingDeadlineAt: NOW,
  }),
  "one that runs": makeRecord({ ...past, state: TaskState.RUNNING }),
  "one that is over": makeRecord({ ...past, state: TaskState.SUCCEEDED }),
};

const PARAMS: readonly StartParams[] = [
  startParams({ now: NOW }),
  startParams({ now: NOW, delivered: true, leaseMs: 10 }),
  startParams({ now: NOW, leaseMs: 86_400_000, workerId: "wörker", sessionId: "" }),
];

for (const [what, record] of Object.entries(RECORDS))
  test(`a packed start of ${what}`, () => {
    for (const params of PARAMS) {
      const packed = encodeRecord(record);
      const started = new PackedStarts(params).start(packed);
      if (!isStartable(record, NOW)) {
        assert.equal(started, undefined);
        assert.deepEqual(packed, encodeRecord(record), "it is as it was");
        continue;
      }
      assert.ok(started !== undefined);
      const whole = Buffer.concat([started.headAndMiddle, started.tail]);
      const expected = start(record, params);
      assert.deepEqual(plain(decodeRecord(record.id, whole)), plain(expected));
      assert.deepEqual(whole, encodeRecord(expected), "byte by byte");
      assert.deepEqual(started.head, whole.subarray(0, started.head.length));
    }
  });
