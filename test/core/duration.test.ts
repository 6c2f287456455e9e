import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import {
  durationMs,
  optionalTimestamp,
  timestampMs,
  toDuration,
  toTimestamp,
} from "../../src/core/duration.ts";

test("durations and times of whole milliseconds come back as they were", () => {
  for (const ms of [0, 1, 999, 1_000, 1_001, 86_400_000, 1_700_000_123_456, 253_402_300_799_999]) {
    assert.equal(durationMs(toDuration(ms)), ms);
    assert.equal(timestampMs(toTimestamp(ms)), ms);
  }
  assert.equal(timestampMs(toTimestamp(-1)), -1);
  assert.equal(durationMs(toDuration(-1_500)), -1_500);
});

test("a positive duration never becomes none", () => {
  assert.equal(durationMs(create(DurationSchema, { nanos: 1 })), 1);
  assert.equal(durationMs(create(DurationSchema, { seconds: 2n, nanos: 1_000_001 })), 2_002);
});

test("a time is rounded down", () => {
  assert.equal(timestampMs(create(TimestampSchema, { seconds: 1n, nanos: 999_999_999 })), 1_999);
});

test("messages keep to the ranges of their fields", () => {
  const timestamp = toTimestamp(-1);
  assert.deepEqual([timestamp.seconds, timestamp.nanos], [-1n, 999_000_000]);
  const duration = toDuration(-1_500);
  assert.deepEqual([duration.seconds, duration.nanos], [-1n, -500_000_000]);
});

test("no time in a record is no time in a message", () => {
  assert.equal(optionalTimestamp(0), undefined);
  assert.equal(timestampMs(optionalTimestamp(5)!), 5);
});
