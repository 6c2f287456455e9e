import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { blocksOf } from "./blocks.ts";
import { planOf } from "./plan.ts";
import { ROOT } from "./project.ts";

test("the index of the documentation leads to every guide and reference", () => {
  const index = readFileSync(join(ROOT, "docs/README.md"), "utf8");
  const pages = globSync("{guides,reference}/*.md", { cwd: join(ROOT, "docs") });
  assert.deepEqual(
    pages.filter((page) => !index.includes(`(${page})`)),
    [],
  );
});

test("the guides by which people come to QTasks have programs, which are run", () => {
  for (const guide of [
    "first-task",
    "embedding",
    "writing-a-plugin",
    "writing-a-broker",
    "testing",
    "coming-from-qtasks",
    "coming-from-celery",
    "coming-from-bullmq",
  ]) {
    const name = `docs/guides/${guide}.md`;
    const plans = blocksOf(name, readFileSync(join(ROOT, name), "utf8")).map(planOf);
    assert.ok(
      plans.some(({ kind }) => kind === "program" || kind === "background"),
      name,
    );
  }
});
