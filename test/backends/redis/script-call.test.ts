import assert from "node:assert/strict";
import { test } from "node:test";
import { Lines } from "../../../src/backends/redis/lines.ts";
import { RepeatedText } from "../../../src/core/repeated-text.ts";
import { ScriptCall } from "../../../src/backends/redis/script-call.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";

/** The parts of a frame: bytes as latin1, so that each is one character. */
function partsOf(frame: Buffer): string[] {
  const text = frame.toString("latin1");
  const parts: string[] = [];
  let at = text.indexOf("\r\n") + 2;
  const count = Number(text.slice(1, at - 2));
  while (at < text.length) {
    assert.equal(text[at], "$");
    const from = text.indexOf("\r\n", at) + 2;
    const to = from + Number(text.slice(at + 1, from - 2));
    parts.push(text.slice(from, to));
    assert.equal(text.slice(to, to + 2), "\r\n");
    at = to + 2;
  }
  assert.equal(parts.length, count);
  return parts;
}

function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}

test("a call by hash and one by source have the same key and arguments", () => {
  const call = new ScriptCall("{p}");
  call.addAll(["", "ü🐘", 0, -1.5, 2 ** 53, Buffer.of(13, 10, 0)]);
  call.joined(Buffer.from("{p}t:"), "ü1");
  const from = call.place(3);
  call.bytes.write("abc", from);
  call.view.setUint8(from, 0x7a);
  const numbers = ["0", "-1.5", "9007199254740992"];
  const args = ["{p}", "", latin1("ü🐘"), ...numbers, "\r\n\0", latin1("{p}t:ü1"), "zbc"];
  assert.deepEqual(partsOf(call.byHash(SHA)), ["EVALSHA", SHA, "1", ...args]);
  assert.deepEqual(partsOf(call.bySource("return 'ü'")), [
    "EVAL",
    latin1("return 'ü'"),
    "1",
    ...args,
  ]);
});

test("a call grows with its arguments, of any length", () => {
  const call = new ScriptCall("k", 0);
  const lengths = [0, 1, 9, 10, 99, 100, 999, 1_000, 100_000, 1_234_567];
  for (const length of lengths) call.raw(Buffer.alloc(length, length));
  for (let index = 0; index < 100_000; index++) call.number(index);
  const parts = partsOf(call.byHash(SHA)).slice(4);
  for (const [index, length] of lengths.entries())
    assert.equal(parts[index], Buffer.alloc(length, length).toString("latin1"));
  assert.deepEqual(parts.slice(lengths.length), [...Array(100_000).keys()].map(String));
});

test("lines, with and without one at the end", () => {
  const lines = new Lines("a\n\n12");
  assert.deepEqual([lines.next(), lines.next(), lines.number()], ["a", "", 12]);
  assert.deepEqual([lines.done, lines.next()], [true, ""]);
  assert.equal(new Lines("").done, true);
});

test("a repeated text is what its bytes say", () => {
  const bytes = Buffer.from("onetwoone\u00fc\u00fd");
  const text = new RepeatedText("utf8");
  const spans: [number, number][] = [
    [0, 3],
    [6, 9],
    [3, 6],
    [3, 5],
    [9, 11],
    [11, 13],
    [0, 0],
  ];
  assert.deepEqual(
    spans.map(([from, to]) => text.read(bytes, from, to)),
    ["one", "one", "two", "tw", "ü", "ý", ""],
  );
  assert.equal(text.read(Buffer.from("two"), 0, 3), "two");
  assert.equal(new RepeatedText("hex").read(bytes, 0, 2), "6f6e");
});
