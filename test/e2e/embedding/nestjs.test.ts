import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test, type TestContext } from "node:test";
import { runTool } from "../../../scripts/run-tool.ts";
import { startNode } from "../../support/process.ts";
import { BACKENDS } from "../serve.ts";
import { copyCheckout } from "./checkout.ts";
import { call, startWeb, type Web, type WebEnv } from "./web.ts";

let dist = "";

before(async () => {
  const cwd = await copyCheckout();
  const built = await runTool("node", ["scripts/build.ts"], { cwd });
  assert.equal(built.code, 0, built.output);
  const compiled = await runTool("tsc", ["-p", "examples/embedding/nestjs/tsconfig.build.json"], {
    cwd,
  });
  assert.equal(compiled.code, 0, compiled.output);
  dist = join(cwd, "examples/embedding/nestjs/dist");
});

describe("the application of Nest", () => {
  test("runs a method of a provider as a task, with what is injected there", async (t) => {
    const web = await start(t);
    const begun = await call(web, "/reports", { body: { month: "2026-04" } });
    assert.equal(begun.status, 202);
    const { status, body } = await call(web, String(begun.body["link"]));
    assert.deepEqual([status, body], [200, { month: "2026-04", orders: 20, cents: 8055 }]);
  });

  test("says what is wrong with an input, with a task, and with an id", async (t) => {
    const web = await start(t);
    const bad = await call(web, "/reports", { body: { month: "May" } });
    const fields = [{ field: "month", description: "expected YYYY-MM" }];
    assert.deepEqual([bad.status, bad.body["fields"]], [400, fields]);
    const early = await call(web, "/reports", { body: { month: "1999-12" } });
    const failed = await call(web, String(early.body["link"]));
    assert.equal(failed.status, 422);
    assert.equal(failed.body["message"], "1999-12 is before the first order");
    const none = await call(web, "/reports/none");
    assert.deepEqual([none.status, none.body["error"]], [404, "TASK_NOT_FOUND"]);
  });

  test("lets handlers finish when it is told to end, and has their results when it is back", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!() };
    const web = await start(t, env);
    const { body } = await call(web, "/reports", { body: { month: "2026-04" } });
    web.process.kill("SIGTERM");
    // Nest ends its process by the signal, once its hooks have run.
    assert.deepEqual(await web.process.exit, { code: null, signal: "SIGTERM" });
    const next = await start(t, env);
    assert.equal((await call(next, String(body["link"]))).body["orders"], 20);
  });

  test("that is killed renders its reports when it is started again", async (t) => {
    const env = { QTASKS_URL: await BACKENDS["sqlite"]!() };
    const web = await start(t, env);
    const { body } = await call(web, "/reports", { body: { month: "2026-04" } });
    web.process.kill("SIGKILL");
    await web.process.exit;
    const next = await start(t, env);
    for (;;) {
      const answer = await call(next, String(body["link"]));
      if (answer.status === 202) continue;
      assert.deepEqual([answer.status, answer.body["orders"]], [200, 20]);
      return;
    }
  });
});

test("the module of Nest injects, leaves nothing open, and refuses what it can't run", async (t) => {
  const program = join(import.meta.dirname, "nestjs-cases.ts");
  const { code, stdout, stderr } = await startNode(t, [program, dist]).finished;
  assert.equal(code, 0, stderr);
  const greeting = "Hello Ada, at attempt 1";
  assert.deepEqual(JSON.parse(stdout), {
    injected: greeting,
    together: [greeting, greeting],
    twice: "Error: Greeter.greet and Rival.greet are both the task greet",
    perRequest: "Error: PerRequest.work is a task: PerRequest can't be made anew for each request",
  });
});

function start(t: TestContext, env: WebEnv = { QTASKS_URL: "memory:" }): Promise<Web> {
  return startWeb(t, join(dist, "main.js"), env);
}
