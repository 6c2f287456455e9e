import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startNode, startProcess } from "../../support/process.ts";
import { tempFolder } from "../../support/temp.ts";
import { EMBEDDING } from "./web.ts";

const MAIN = join(EMBEDDING, "script/main.ts");
/** Steps of all walks from 1 to 1,000 together. */
const STEPS = 59_542;

describe("a plain script ends by itself when its thousand tasks have", () => {
  for (const [name, url] of [
    ["in memory", "memory:"],
    ["in a file", `sqlite:${tempFolder()}/walks.db`],
  ] as const)
    test(`${name}, with JSON for programs and no bar`, async (t) => {
      const { code, stdout, stderr } = await startNode(t, [MAIN], { env: { QTASKS_URL: url } })
        .finished;
      assert.equal(code, 0, stderr);
      const report = JSON.parse(stdout) as { readonly tasks: number; readonly steps: number };
      assert.deepEqual([report.tasks, report.steps], [1_000, STEPS]);
      assert.equal(stderr, "");
    });

  test("with a bar and a table on a terminal", async (t) => {
    const command = `"${process.execPath}" "${MAIN}"`;
    // util-linux's: it gives the command a terminal, and its output to this process.
    const { code, stdout } = await startProcess(t, "script", ["-qec", command, "/dev/null"])
      .finished;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /█ 1000\/1000 tasks/);
    assert.match(stdout, /│ +871 │ +178 │ +190996 │/);
    assert.match(stdout, /1000 walks, 59542 steps\r\n$/);
  });

  test("with what is wrong, where its tasks can't be kept", async (t) => {
    const env = { QTASKS_URL: "sqlite:/dev/null/walks.db" };
    const { code, stdout, stderr } = await startNode(t, [MAIN], { env }).finished;
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /walks\.db/);
  });
});
