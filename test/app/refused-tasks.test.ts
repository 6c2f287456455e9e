import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { QTasksError, QueueTasks, Router, type Task } from "../../src/index.ts";
import { memoryApp, QUIET } from "./memory-app.ts";

interface Line {
  readonly msg: string;
  readonly task?: string;
  readonly place?: string;
  readonly err?: { readonly message: string };
}

/** An app that is to get late tasks, beside a task `stream` that streams at its server, and what it logs of errors. */
interface Scene {
  readonly app: QueueTasks;
  readonly errors: readonly Line[];
}

const WHERE = {
  "in the server's process": async (t: TestContext): Promise<Scene> => {
    const { logger, errors } = errorLog();
    const app = memoryApp(t, { logger });
    await app.start({ server: true, worker: true });
    await defineStream(t, app);
    return { app, errors };
  },
  "over gRPC": async (t: TestContext): Promise<Scene> => {
    const { logger, errors } = errorLog();
    const server = memoryApp(t);
    await server.start({ server: true, worker: false });
    await defineStream(t, server);
    const app = remoteApp(t, server, logger);
    await app.start({ worker: true });
    return { app, errors };
  },
};

for (const [where, scene] of Object.entries(WHERE))
  describe(`late tasks that the server refuses, ${where}`, () => {
    for (const isFirst of [true, false])
      test(isFirst ? "come first" : "come to a worker that runs", async (t) => {
        const { app, errors } = await scene(t);
        if (!isFirst) assert.equal(await ran(app.task("early", () => "early")), "early");
        const router = new Router();
        router.task("stream", () => "no stream");
        const beside = router.task("beside", () => "beside");
        router.task({ name: "bad", queue: "q".repeat(500) }, () => "bad");
        app.includeRouter(router);
        assert.equal(await ran(beside), "beside");
        assert.equal(await ran(app.task("later", () => "later")), "later");
        const told = new Map(errors.map((line) => [line.task, line]));
        assert.deepEqual(new Set(told.keys()), new Set(["bad", "stream"]));
        for (const [task, about] of [
          ["stream", /stream is defined with streaming true, not false/],
          ["bad", /options\.queue: at most 100 characters/],
        ] as const) {
          assert.match(told.get(task)!.err!.message, about);
          assert.match(told.get(task)!.place!, /refused-tasks\.test\.ts:\d+$/);
          assert.equal(told.get(task)!.msg, "a task could not be added to the worker");
        }
        // Before the server that it is connected to.
        await app.stop();
      });
  });

test("a server without a worker takes the late tasks beside those that it refuses", async (t) => {
  const { logger, errors } = errorLog();
  const app = memoryApp(t, { logger });
  await app.start({ server: true, worker: false });
  await defineStream(t, app);
  const router = new Router();
  router.task("stream", () => "no stream");
  const beside = router.task("beside", () => "beside");
  app.includeRouter(router);
  const later = app.task("later", () => "later");
  for (const task of [beside, later]) await known(task);
  const [error, ...others] = errors;
  assert.deepEqual(others, []);
  assert.equal(error?.task, "stream");
  assert.match(error.place!, /refused-tasks\.test\.ts:\d+$/);
  assert.equal(error.msg, "a task could not be made known");
});

test("a start that a task's options fail names the task and where it was defined", async (t) => {
  const server = memoryApp(t);
  await server.start({ server: true, worker: false });
  const message =
    /^definitions\[1\]\.options\.priority: .*1000.* \(task bad, .*refused-tasks\.test\.ts:\d+\)$/;
  for (const [app, roles] of [
    [memoryApp(t), {}],
    [memoryApp(t), { worker: false }],
    [remoteApp(t, server), {}],
  ] as const) {
    app.task("good", () => 1);
    app.task({ name: "bad", priority: 5_000 }, () => 1);
    await assert.rejects(app.start(roles), { reason: "FIELD_VIOLATION", message });
  }
});

function errorLog() {
  const errors: Line[] = [];
  const write = (line: string) => errors.push(JSON.parse(line) as Line);
  return { logger: pino({ level: "error" }, { write }), errors };
}

function remoteApp(t: TestContext, server: QueueTasks, logger = QUIET.logger): QueueTasks {
  const app = new QueueTasks({ ...QUIET, logger, server: server.grpcAddress! });
  t.after(() => app.stop());
  return app;
}

async function defineStream(t: TestContext, server: QueueTasks): Promise<void> {
  const app = remoteApp(t, server);
  app.task("stream", async function* () {
    yield 1;
  });
  await app.start({ worker: true });
  await app.stop();
}

/** The task's result, once the server knows it. */
function ran(task: Task<never, string>): Promise<string> {
  return once(() => task.run(null as never, { timeoutMs: 3_000 }));
}

async function known(task: Task<never, string>): Promise<void> {
  await once(() => task.enqueue(null as never));
}

async function once<T>(call: () => Promise<T>): Promise<T> {
  const until = performance.now() + 3_000;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isUnknown = QTasksError.from(error).reason === "DEFINITION_NOT_FOUND";
      if (!isUnknown || performance.now() > until) throw error;
      await sleep(5);
    }
  }
}
