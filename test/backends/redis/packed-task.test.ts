import assert from "node:assert/strict";
import { test } from "node:test";
import { AttemptState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { encodeTask } from "../../../src/backends/redis/pack-task.ts";
import { HEAD } from "../../../src/backends/redis/packed-task.ts";
import { decodeTask } from "../../../src/backends/redis/unpack-task.ts";
import { nonce } from "../../../src/core/ids.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import {
  everyByte,
  fullRecord,
  makeRecord,
  startNow,
} from "../../../src/testing/contract/records.ts";
import { assertSame } from "../../../src/testing/contract/setup.ts";

function assertRoundtrip(record: TaskRecord, message?: string): void {
  assertSame(decodeTask(record.id, encodeTask(record)), record, message);
}

test("a new record, and one with everything set", () => {
  assertRoundtrip(makeRecord());
  assertRoundtrip(fullRecord());
  assertRoundtrip(startNow(fullRecord(), { delivered: true }));
});

test("every field is stored for itself, beside others and alone", () => {
  for (const record of [startNow(fullRecord()), makeRecord()]) {
    for (const [field, value] of Object.entries(record)) {
      if (typeof value !== "number" || field === "state") continue;
      assertRoundtrip({ ...record, [field]: value + 1 }, field);
    }
    for (const [field, value] of Object.entries(record)) {
      if (typeof value !== "string" || field === "id" || field === "nonce") continue;
      assertRoundtrip({ ...record, [field]: `${value}ü` }, field);
    }
    assertRoundtrip({ ...record, nonce: nonce() });
  }
});

test("a task that was never handed out has no bytes for attempts", () => {
  const record = makeRecord();
  const parts = record.name.length + record.queue.length + record.spec.length;
  assert.equal(encodeTask(record).length, HEAD.size + parts);
});

test("the largest and the smallest numbers", () => {
  const most = 2 ** 32 - 1;
  const longest = 2 ** 48 - 1;
  assertRoundtrip(makeRecord({ priority: -1000, attempt: most, outputBytes: most, stamp: most }));
  assertRoundtrip(makeRecord({ priority: 1000, revision: longest, eventSequence: longest }));
  assertRoundtrip(makeRecord({ dueAt: 253_402_300_799_999, retentionMs: 1e13 }));
});

test("each section alone: the others stay unset", () => {
  for (const section of ["result", "failure", "progress", "checkpoint"] as const) {
    for (const bytes of [new Uint8Array(0), everyByte(1), everyByte(100_000)])
      assertRoundtrip(makeRecord({ [section]: bytes }));
  }
  assertRoundtrip(makeRecord({ cancelReason: "ü".repeat(1_000) }));
  const one = { number: 7, state: AttemptState.LOST, nonce: "", reported: true };
  const ended = [everyByte(2), new Uint8Array(0)].map((body) => ({ ...one, body }));
  assertRoundtrip(
    makeRecord({ ended: [...ended, { ...one, nonce: nonce(), body: everyByte(9) }] }),
  );
});

test("texts of several bytes a character, empty ones, and many tags", () => {
  assertRoundtrip(makeRecord({ workerId: "ü", sessionId: "" }));
  assertRoundtrip(makeRecord({ workerId: "", sessionId: "🐘" }));
  const tags = Array.from({ length: 34 }, (_, index) => `l\u001fk${index}\u001fé`);
  assertRoundtrip(makeRecord({ tags }));
  assertRoundtrip(makeRecord({ name: "", queue: "", spec: new Uint8Array(0) }));
});

test("a record of an unknown version is refused", () => {
  const bytes = encodeTask(makeRecord());
  bytes[HEAD.version] = 99;
  assert.throws(() => decodeTask("id-1", bytes), /id-1 has unknown version 99/);
});
