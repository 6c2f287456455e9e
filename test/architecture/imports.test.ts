import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { checkImports } from "../../scripts/imports/check-imports.ts";
import { findCycles } from "../../scripts/imports/cycles.ts";
import { readImports } from "../../scripts/imports/read-imports.ts";
import { tempFolder } from "../support/temp.ts";

test("the imports of src/ hold the rules", async () => {
  assert.deepEqual(await checkImports(join(import.meta.dirname, "../..")), []);
});

describe("the checker reports", () => {
  test("a layer that imports one above it", async () => {
    const problems = await check({
      "src/core/ids.ts": 'import { enqueue } from "../pipeline/enqueue.ts";\n',
      "src/pipeline/enqueue.ts": "export const enqueue = 1;\n",
    });
    assert.deepEqual(problems, [
      "src/core/ids.ts:1: core must not import pipeline (src/pipeline/enqueue.ts)",
    ]);
  });

  test("a pipeline that knows an implementation, by a type alone", async () => {
    const problems = await check({
      "src/pipeline/enqueue.ts": 'import type { A } from "../storage/redis/redis-storage.ts";\n',
      "src/storage/redis/redis-storage.ts": "export type A = 1;\n",
    });
    assert.match(problems.join(), /pipeline must not import the redis implementation/);
  });

  test("an implementation that imports another, but not its own in another folder", async () => {
    const problems = await check({
      "src/storage/redis/a.ts": 'export { b } from "../sqlite/b.ts";\n',
      "src/storage/sqlite/b.ts": "export const b = 1;\n",
      "src/broker/redis/c.ts": 'import "../../storage/redis/a.ts";\n',
    });
    assert.deepEqual(problems, [
      "src/storage/redis/a.ts:1: the redis implementation must not import " +
        "the sqlite implementation (src/storage/sqlite/b.ts)",
    ]);
  });

  test("a contract that imports a datastore's driver", async () => {
    const problems = await check({
      "src/storage/storage.ts": 'import type { Redis } from "ioredis";\n',
      "src/storage/redis/a.ts": 'import { Redis } from "ioredis";\n',
    });
    assert.deepEqual(problems, ["src/storage/storage.ts:1: contract must not import ioredis"]);
  });

  test("a package that is no dependency, whatever part of it is named", async () => {
    const problems = await check({
      "src/core/a.ts":
        'import { z } from "@zod/core/v4";\nimport "node:fs/promises";\nimport "peer/part";\n',
    });
    assert.match(problems.join(), /imports @zod\/core, which is not in package\.json's/);
    assert.equal(problems.length, 1);
  });

  test("a file outside of the service, one that is missing, a place without a rule", async () => {
    const problems = await check({
      "src/core/a.ts": 'import "../../test/a.ts";\nimport "./gone.ts";\n',
      "src/helpers/b.ts": "",
    });
    assert.deepEqual(problems, [
      "src/core/a.ts:1: imports test/a.ts, which is not part of the service",
      "src/core/a.ts:2: imports src/core/gone.ts, which does not exist",
      "src/helpers/b.ts: no rule covers this place (scripts/imports/rules.ts)",
    ]);
  });

  test("a cycle, with the way round it", async () => {
    const problems = await check({
      "src/core/a.ts": 'import { b } from "./b.ts";\n',
      "src/core/b.ts": 'const c = await import("./c.ts");\n',
      "src/core/c.ts": 'export type { A } from "./a.ts";\n',
    });
    assert.deepEqual(problems, [
      "import cycle: src/core/a.ts → src/core/b.ts → src/core/c.ts → src/core/a.ts",
    ]);
  });
});

test("every form of import is read, and none in comments or strings", () => {
  const source = [
    'import a, { type B } from "./1.ts";',
    "import {\n  c,\n} from './2.ts';",
    'import "./3.ts";',
    'export { d } from "./4.ts";',
    'export * from "./5.ts";',
    'const e = await import("./6.ts");',
    'type F = import("./7.ts").F;',
    '// import "./no.ts";',
    '/**\n * import { x } from "./no.ts";\n */',
    'const pattern = "src/**/*.lua";',
    'const g = await import("./8.ts");',
    'export const from = "./no.ts";',
    "export const text = `from ${from}`;",
  ];
  const found = readImports(source.join("\n"));
  assert.deepEqual(
    found.map((each) => each.specifier),
    [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `./${number}.ts`),
  );
  assert.deepEqual(
    found.map((each) => each.line),
    [1, 2, 5, 6, 7, 8, 9, 15],
  );
});

test("a graph in which two ways lead to one file has no cycle", () => {
  const graph = new Map([
    ["a", ["b", "c"]],
    ["b", ["d"]],
    ["c", ["d"]],
  ]);
  assert.deepEqual(findCycles(graph), []);
});

async function check(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = tempFolder();
  const manifest = '{ "dependencies": { "ioredis": "1" }, "peerDependencies": { "peer": "1" } }';
  const tree = { "package.json": manifest, ...files };
  for (const [path, text] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return checkImports(root);
}
