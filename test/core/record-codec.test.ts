import assert from "node:assert/strict";
import { test } from "node:test";
import { AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { nonce } from "../../src/core/ids.ts";
import { HEAD } from "../../src/core/record-codec.ts";
import { decodeRecord } from "../../src/core/record-reader.ts";
import { encodeHead, encodeRecord, RecordWriter } from "../../src/core/record-writer.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import {
  everyByte,
  fullRecord,
  makeRecord,
  makeSpec,
  startNow,
} from "../../src/testing/contract/records.ts";
import { assertSame } from "../../src/testing/contract/setup.ts";

function assertRoundtrip(record: TaskRecord): void {
  assertSame(decodeRecord(record.id, encodeRecord(record)), record);
}

function part(write: (writer: RecordWriter) => void): Buffer {
  const writer = new RecordWriter(0);
  write(writer);
  return writer.done();
}

test("a new record, and one with everything set", () => {
  assertRoundtrip(makeRecord());
  assertRoundtrip(fullRecord());
  assertRoundtrip(startNow(fullRecord(), { delivered: true }));
});

test("every field is stored for itself: two records that differ in one are not mixed up", () => {
  const record = startNow(fullRecord());
  for (const [field, value] of Object.entries(record)) {
    if (typeof value !== "number" || field === "state") continue;
    const changed = { ...record, [field]: value + 1 };
    const decoded = decodeRecord(record.id, encodeRecord(changed));
    assertSame(decoded, changed, field);
  }
});

test("the largest and the smallest numbers", () => {
  const most = 2 ** 32 - 1;
  assertRoundtrip(makeRecord({ priority: -1000, attempt: most, outputBytes: most }));
  assertRoundtrip(
    makeRecord({ priority: 1000, revision: 2 ** 53 - 1, eventSequence: 2 ** 53 - 1 }),
  );
  assertRoundtrip(makeRecord({ dueAt: 253_402_300_799_999, retentionMs: 1e13 }));
});

test("each section alone: the others stay unset", () => {
  for (const section of ["result", "failure", "progress", "checkpoint"] as const) {
    for (const bytes of [new Uint8Array(0), everyByte(1), everyByte(100_000)])
      assertRoundtrip(makeRecord({ [section]: bytes }));
  }
  assertRoundtrip(makeRecord({ cancelReason: "ü".repeat(1_000) }));
  const ended = [{ number: 1, state: AttemptState.LOST, nonce: nonce(), reported: false }];
  assertRoundtrip(makeRecord({ ended: ended.map((one) => ({ ...one, body: new Uint8Array(0) })) }));
});

test("an ended attempt without a nonce has none after it", () => {
  const one = {
    number: 7,
    state: AttemptState.LOST,
    nonce: "",
    reported: true,
    body: everyByte(2),
  };
  assertRoundtrip(makeRecord({ ended: [one, { ...one, nonce: nonce() }] }));
});

test("texts of several bytes a character, empty ones, and many tags", () => {
  assertRoundtrip(makeRecord({ workerId: "ü", sessionId: "" }));
  assertRoundtrip(makeRecord({ workerId: "", sessionId: "🐘" }));
  assertRoundtrip(
    makeRecord({ tags: Array.from({ length: 34 }, (_, index) => `l\u001fk${index}\u001fé`) }),
  );
  assertRoundtrip(makeRecord({ name: "", queue: "", spec: new Uint8Array(0) }));
});

test("head, middle and tail make the whole, so that a write may send them apart", () => {
  const before = makeRecord({ spec: makeSpec("mail.send", 5_000) });
  const after = { ...startNow(before), progress: everyByte(10), state: TaskState.CANCELING };
  const middle = (record: TaskRecord) => part((writer) => writer.middle(record));
  const stored = encodeRecord(before);
  const kept = stored.subarray(HEAD.size, HEAD.size + middle(before).length);
  assert.deepEqual(kept, middle(after));
  const tail = part((writer) => writer.tail(after));
  const patched = Buffer.concat([encodeHead(after), kept, tail]);
  assertSame(decodeRecord(before.id, patched), after);
  assert.deepEqual(patched, encodeRecord(after));
});

test("fields lie where the offsets say", () => {
  const record = startNow(fullRecord(), { delivered: true });
  const head = encodeHead(record);
  assert.equal(head.length, HEAD.size);
  assert.equal(head[HEAD.state], TaskState.RUNNING);
  assert.equal(head[HEAD.flags]! & 1, 1);
  assert.equal(head.readInt32LE(HEAD.priority), record.priority);
  assert.equal(head.readUInt32LE(HEAD.attempt), record.attempt);
  assert.equal(head.readDoubleLE(HEAD.leaseEndAt), record.leaseEndAt);
  assert.equal(head.toString("hex", HEAD.nonce, HEAD.nonce + 16), record.nonce);
});

test("a record of an unknown version is refused", () => {
  const bytes = encodeRecord(makeRecord());
  bytes[HEAD.version] = 99;
  assert.throws(() => decodeRecord("id-1", bytes), /id-1 has unknown version 99/);
});
