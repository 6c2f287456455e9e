import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const SRC = new URL("../../src/", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, SRC), "utf8");

test("who writes a broker or a storage finds every type of its contract in the package", () => {
  const exported = new Set(read("index.ts").match(/\b[A-Z]\w+/g));
  for (const path of ["broker/broker.ts", "storage/storage.ts", "storage/joint.ts"]) {
    const types = [...read(path).matchAll(/^export (?:interface|type) (\w+)/gm)];
    assert.ok(types.length >= 4, `${path} has ${types.length} types`);
    for (const [, type] of types) assert.ok(exported.has(type!), `${type} of ${path}`);
  }
});
