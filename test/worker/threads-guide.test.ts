import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { tempFolder } from "../support/temp.ts";

const GUIDE = new URL("../../docs/guides/executors.md", import.meta.url);
const INDEX = new URL("../../src/index.ts", import.meta.url);

test("the guide's program prints what the guide says", async () => {
  const folder = tempFolder();
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  const guide = await readFile(GUIDE, "utf8");
  const blocks = [...guide.matchAll(/^```ts\n\/\/ ([\w-]+\.ts)\n([\s\S]*?)^```$/gm)];
  assert.deepEqual(
    blocks.map(([, name]) => name),
    ["primes.ts", "app.ts"],
  );
  for (const [, name = "", code = ""] of blocks)
    await writeFile(join(folder, name), code.replaceAll('from "qtasks"', `from "${INDEX.href}"`));
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "app.ts")]);
  // Among it the worker's log of the task that was stopped.
  const printed = stdout.split("\n").filter((line) => !line.startsWith("{"));
  assert.equal(printed.join("\n"), "17984 primes\nqtasks.AttemptTimeout\n");
});
