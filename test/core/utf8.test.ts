import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { utf8Bytes } from "../../src/core/utf8.ts";

test("bytes of a text are those of its encoding", () => {
  for (const text of ["", "a", "é", "€", "😀", "a😀é€"])
    assert.equal(utf8Bytes(text), Buffer.byteLength(text));
  const texts = fc.string({ unit: "grapheme", maxLength: 200 });
  fc.assert(fc.property(texts, (text) => utf8Bytes(text) === Buffer.byteLength(text)));
});

test("a half of a pair is counted for no more than it takes", () => {
  const pair = "😀";
  assert.ok(utf8Bytes(pair[0]!) <= Buffer.byteLength(pair[0]!));
});
