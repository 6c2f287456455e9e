import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkReference } from "../../scripts/check/reference.ts";
import { readEventTypes } from "../../scripts/reference/event-types.ts";
import { HOOKS_FILE, hooksReference } from "../../scripts/reference/hooks.ts";
import { POINTS } from "../../src/plugins/points.ts";
import { tempFolder } from "../support/temp.ts";
import { ROOT } from "./project.ts";

test("the reference of the hooks is what the table of points makes now", async () => {
  assert.deepEqual(await checkReference(ROOT), { ok: true, output: "" });
});

test("it has every point, with what passes there and its fields", () => {
  const text = hooksReference(ROOT);
  for (const [point, { event }] of Object.entries(POINTS)) {
    assert.ok(text.includes(`| \`${point}\` |`), point);
    assert.ok(text.includes(`### ${event}\n`), event);
  }
  const [ended] = readEventTypes(ROOT, ["EndedEvent"]);
  assert.equal(ended?.file, "src/pipeline/hooks.ts");
  assert.deepEqual(ended?.fields.at(-1), {
    name: "durationMs",
    type: "number",
    about: "From the enqueue to the end, in ms.",
  });
  assert.ok(
    ended?.fields.some(({ name }) => name === "taskId"),
    "what it extends counts",
  );
  assert.throws(() => readEventTypes(ROOT, ["NoSuchEvent"]), /no source declares .* NoSuchEvent/);
});

test("one that was edited by hand fails the check", async () => {
  const root = tempFolder();
  for (const { file } of readEventTypes(
    ROOT,
    Object.values(POINTS).map(({ event }) => event),
  ))
    await copy(file, root);
  for (const file of [HOOKS_FILE, ".prettierrc.json"]) await copy(file, root);
  assert.equal((await checkReference(root)).ok, true);
  await writeFile(join(root, HOOKS_FILE), "# Hooks, by hand\n");
  const { ok, output } = await checkReference(root);
  assert.deepEqual([ok, output.split("\n")[0]], [false, "docs/reference/hooks.md is stale"]);
});

async function copy(file: string, root: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), await readFile(join(ROOT, file), "utf8"));
}
