import assert from "node:assert/strict";
import { test } from "node:test";
import { nonce, uuidv7 } from "../../src/core/ids.ts";

test("ids are UUIDs of version 7 that carry their time", () => {
  const now = 1_700_000_123_456;
  const id = uuidv7(now);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16), now);
});

test("ids of later times sort later", () => {
  const ids = [1, 255, 256, 1_700_000_000_000, 1_700_000_000_001].map((at) => uuidv7(at));
  assert.deepEqual(ids, ids.toSorted());
});

test("no two ids are alike, nor two nonces", () => {
  const ids = Array.from({ length: 10_000 }, () => uuidv7(1));
  assert.equal(new Set(ids).size, ids.length);
  const nonces = Array.from({ length: 1_000 }, nonce);
  assert.equal(new Set(nonces).size, nonces.length);
  for (const one of nonces) assert.match(one, /^[0-9a-f]{32}$/);
});

test("ids are made without randomUUID too, as for pages in clear text", (t) => {
  const { crypto } = globalThis;
  const getRandomValues = crypto.getRandomValues.bind(crypto);
  Object.defineProperty(globalThis, "crypto", { value: { getRandomValues }, configurable: true });
  t.after(() => Object.defineProperty(globalThis, "crypto", { value: crypto, configurable: true }));
  const ids = Array.from({ length: 1_000 }, () => uuidv7());
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
