import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { pino } from "pino";
import { InlineExecutor, QueueTasks, Router } from "../../src/index.ts";
import type { Executor, ExecutorHost } from "../../src/worker/executor.ts";
import { moduleHandler } from "../../src/worker/module-handler.ts";
import { threads } from "../../src/worker/threads/threads.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { create, resultOf, setup } from "./setup.ts";
import type * as module from "./threads/handlers.ts";
import { registered } from "./threads/setup.ts";

const run = promisify(execFile);
const HANDLERS = new URL("./threads/handlers.ts", import.meta.url);
const QUIET = { logger: pino({ level: "silent" }), env: {}, configFile: false } as const;

test("threads start and stop with their worker, again and again, and leave nothing", async () => {
  const pool = threads({ maxThreads: 2, minThreads: 1 });
  const handlers = [registered("where", { executor: pool })];
  await assertNoLeaks(async () => {
    for (let round = 0; round < 4; round++) {
      const { server, worker } = create({}, { handlers });
      await worker.start();
      const ids = [1, 2, 3].map(() => server.push({ name: "where" }));
      for (const id of ids) resultOf(await server.outcome(id));
      await Promise.all([worker.stop(), worker.stop()]);
      await worker.start();
      resultOf(await server.outcome(server.push({ name: "where" })));
      await worker.stop();
    }
    for (const start of [true, false]) {
      const { worker } = create({}, { handlers });
      const starting = start ? worker.start().catch(() => undefined) : undefined;
      await worker.stop();
      await starting;
    }
  });
});

test("one pool serves several workers until the last of them stops", async (t) => {
  const pool = threads({ maxThreads: 1 });
  const options = { handlers: [registered("where", { executor: pool })] };
  const [first, second] = [await setup(t, {}, options), await setup(t, {}, options)];
  const where = async ({ server }: typeof first) =>
    resultOf(await server.outcome(server.push({ name: "where" })));
  const thread = await where(first);
  assert.equal(await where(second), thread);
  await first.worker.stop();
  assert.equal(await where(second), thread);
  await first.worker.start();
  await second.worker.stop();
  assert.equal(await where(first), thread);
  await first.worker.stop();
  await first.worker.start();
  assert.notEqual(await where(first), thread);
});

test("a task that is added while its worker runs finds its threads started", async (t) => {
  const { server, worker } = await setup(t, { inline: () => "inline" });
  await worker.add(registered("where", { executor: threads({ maxThreads: 1 }) }));
  assert.equal(typeof resultOf(await server.outcome(server.push({ name: "where" }))), "number");
});

test("threads that idle end, as many as there are above the fewest", async (t) => {
  const pool = threads({ maxThreads: 2, minThreads: 1, idleTimeoutMs: 50 });
  const handlers = [registered("block", { executor: pool })];
  const { server } = await setup(t, {}, { handlers });
  const both = async () => {
    const ids = [1, 2].map(() => server.push({ name: "block", input: 150 }));
    const ran = await Promise.all(ids.map(async (id) => resultOf(await server.outcome(id))));
    return new Set(ran);
  };
  const before = await both();
  assert.equal(before.size, 2);
  await sleep(400);
  const kept = [...(await both())].filter((thread) => before.has(thread));
  assert.equal(kept.length, 1);
});

test("an executor is started once for each worker, and stopped when its handlers have ended", async () => {
  const calls: string[] = [];
  const hosts = new Set<ExecutorHost>();
  const executor: Executor = {
    start: (host) => void calls.push(`start ${hosts.add(host).size}`),
    run: () => void calls.push("run"),
    stop: () => void calls.push("stop"),
  };
  const handlers = ["one", "two"].map((name) => ({
    definition: { name },
    handler: () => 1,
    executor,
  }));
  const { server, worker } = create({}, { handlers });
  await worker.start();
  await server.outcome(server.push({ name: "two" }));
  await worker.stop();
  assert.deepEqual(calls, ["start 1", "run", "stop"]);
});

test("an executor that can't start keeps its worker from starting; flags are looked at before", async () => {
  const pool = threads({ execArgv: ["--no-such-flag"] });
  const { worker } = create({}, { handlers: [registered("where", { executor: pool })] });
  await assert.rejects(worker.start(), { reason: "CONFIG_INVALID", message: /--no-such-flag/ });
  assert.equal(worker.status.state, "stopped");
});

test("an app's tasks and its routers' defaults choose executors; handlers know their types", async (t) => {
  const app = new QueueTasks({ ...QUIET, url: "memory:" });
  t.after(() => app.stop());
  const executor = threads({ maxThreads: 1 });
  const add = app.task({ name: "add", executor }, moduleHandler<typeof module>(HANDLERS));
  const inline = app.task("inline", moduleHandler<typeof module, "where">(HANDLERS, "where"));
  const router = new Router({ prefix: "router.", executor });
  const byDefault = router.task("where", moduleHandler<typeof module, "where">(HANDLERS, "where"));
  const taken = router.task({ name: "plain", executor: new InlineExecutor() }, () => "inline");
  app.includeRouter(router);
  assert.throws(() => app.task({ name: "plain", executor }, () => 1), {
    reason: "CONFIG_INVALID",
    message: /task plain/,
  });
  await app.start({ server: false });
  const sum: number = await add.run({ x: 1, y: 2 }, { timeoutMs: 10_000 });
  assert.equal(sum, 3);
  // @ts-expect-error the input's type is that of the module's function
  const wrong = add.run({ x: "1" }, { timeoutMs: 10_000 });
  await wrong;
  assert.equal(await inline.run(undefined, { timeoutMs: 10_000 }), 0);
  assert.notEqual(await byDefault.run(undefined, { timeoutMs: 10_000 }), 0);
  assert.equal(await taken.run(undefined, { timeoutMs: 10_000 }), "inline");
});

test("an attempt in a thread that is out of time names the task's limit", async (t) => {
  const app = new QueueTasks({ ...QUIET, url: "memory:" });
  t.after(() => app.stop());
  const spin = app.task(
    { name: "spin", executor: threads(), timeoutMs: 300, retry: { maxAttempts: 1 } },
    moduleHandler<typeof module, "block">(HANDLERS, "block"),
  );
  await app.start({ server: false });
  const message = /the attempt took longer than its 300 ms/;
  await Promise.all([1, 2, 3].map(() => assert.rejects(spin.run(5_000), { message })));
});

test("threads run from a script given to `node --input-type=module -e`, and let it end", async () => {
  const code = `
    import { QueueTasks, moduleHandler, threads } from ${JSON.stringify(new URL("../../src/index.ts", import.meta.url).href)};
    const app = new QueueTasks({ url: "memory:", logLevel: "silent" });
    const add = app.task({ name: "add", executor: threads() }, moduleHandler(${JSON.stringify(HANDLERS.href)}));
    await app.start({ server: false });
    console.log(await add.run({ x: 1, y: 2 }));
    await app.stop();`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code]);
  assert.equal(stdout, "3\n");
});
