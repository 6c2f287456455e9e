import assert from "node:assert/strict";
import { test } from "node:test";
import { nonce, uuidv7 } from "../../src/core/ids.ts";
import { decodeLeaseToken, encodeLeaseToken } from "../../src/core/lease.ts";

test("a token names task, attempt and nonce", () => {
  for (const taskId of [uuidv7(), "x", "x".repeat(128), "any/id~1!"]) {
    for (const attempt of [1, 255, 2 ** 32 - 1]) {
      const lease = { taskId, attempt, nonce: nonce() };
      assert.deepEqual(decodeLeaseToken(encodeLeaseToken(lease)), lease);
    }
  }
});

test("a token may be a view into larger bytes", () => {
  const lease = { taskId: "t-1", attempt: 7, nonce: nonce() };
  const token = encodeLeaseToken(lease);
  const message = new Uint8Array(token.length + 20).fill(0xff);
  message.set(token, 9);
  assert.deepEqual(decodeLeaseToken(message.subarray(9, 9 + token.length)), lease);
});

test("bytes that are too short are no token", () => {
  const token = encodeLeaseToken({ taskId: "t", attempt: 1, nonce: nonce() });
  for (let length = 0; length < token.length; length++)
    assert.equal(decodeLeaseToken(token.subarray(0, length)), undefined);
});
