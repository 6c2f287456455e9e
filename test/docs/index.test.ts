import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./project.ts";

test("the index of the documentation leads to every guide and reference", () => {
  const index = readFileSync(join(ROOT, "docs/README.md"), "utf8");
  const pages = globSync("{guides,reference}/*.md", { cwd: join(ROOT, "docs") });
  assert.deepEqual(
    pages.filter((page) => !index.includes(`(${page})`)),
    [],
  );
});
