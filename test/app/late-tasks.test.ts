import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { QTasksError, Router, type Plugin, type QueueTasks } from "../../src/index.ts";
import { memoryApp } from "./memory-app.ts";

/** Keeps the app's worker from starting, so many times. */
function failing(app: QueueTasks, times: number): () => number {
  let starts = 0;
  const plugin: Plugin = {
    name: "failing",
    install: ({ hook }) =>
      hook("worker.starting", () => {
        if (starts++ < times) throw new Error("not yet");
      }),
  };
  app.use(plugin);
  return () => starts;
}

test("each task of a router that is included while the app runs is served", async (t) => {
  for (const first of [true, false]) {
    const app = memoryApp(t);
    if (first) app.task("first", () => 1);
    await app.start({ server: false });
    const router = new Router();
    const tasks = [0, 1, 2, 3, 4].map((n) => router.task(`late${n}`, () => n));
    app.includeRouter(router);
    assert.deepEqual(await Promise.all(tasks.map(ran)), [0, 1, 2, 3, 4]);
  }
});

test("a late router whose task brings a plugin is refused as a whole", async (t) => {
  const app = memoryApp(t);
  app.task("first", () => 1);
  await app.start({ server: false });
  const router = new Router();
  router.task("plain", () => 2);
  router.task({ name: "brings", use: [{ name: "p" }] }, () => 3);
  const refused = { reason: "CONFIG_INVALID", message: /the task brings brings the plugin p/ };
  assert.throws(() => app.includeRouter(router), refused);
  const taken = app.task("plain", () => 4);
  assert.equal(await ran(taken), 4);
});

test("a late first task whose worker could not start is served with the next one", async (t) => {
  const app = memoryApp(t);
  const starts = failing(app, 1);
  await app.start({ server: false });
  const first = app.task("first", () => 1);
  await sleep(20);
  assert.equal(starts(), 1);
  const next = app.task("next", () => 2);
  assert.deepEqual(await Promise.all([first, next].map(ran)), [1, 2]);
});

test("tasks that come while the first one's worker can't start get another", async (t) => {
  const app = memoryApp(t);
  const starts = failing(app, 2);
  await app.start({ server: false });
  const first = app.task("first", () => 1);
  app.task("second", () => 2);
  await sleep(20);
  // Once for the first, once for the second, and then no more.
  assert.equal(starts(), 2);
  const third = app.task("third", () => 3);
  assert.deepEqual(await Promise.all([first, third].map(ran)), [1, 3]);
});

test("a handler that enqueues a task is told the id that it has, also where a hook or a unique key gave it another", async (t) => {
  const app = memoryApp(t);
  app.use({
    name: "ids",
    install: ({ hook }) =>
      hook("app.enqueue", (call, next) =>
        call.operation === "child" && call.request.spec?.unique === undefined
          ? next({ ...call, request: { ...call.request, taskId: "another" } })
          : next(call),
      ),
  });
  app.task("child", () => sleep(100));
  const parent = app.task("parent", async (_, { enqueue }) => [
    await enqueue("child"),
    await enqueue("child", 1, { unique: { key: "key" }, taskId: "of-the-key" }),
    await enqueue("child", 2, { unique: { key: "key" } }),
  ]);
  await app.start({ server: false });
  assert.deepEqual(await parent.run(), [
    { taskId: "another", created: true },
    { taskId: "of-the-key", created: true },
    { taskId: "of-the-key", created: false },
  ]);
});

/** The task's result, once the server knows it. */
async function ran(task: { run(): Promise<unknown> }): Promise<unknown> {
  const until = performance.now() + 3_000;
  for (;;) {
    try {
      return await task.run();
    } catch (error) {
      const isUnknown = QTasksError.from(error).reason === "DEFINITION_NOT_FOUND";
      if (!isUnknown || performance.now() > until) throw error;
      await sleep(5);
    }
  }
}
