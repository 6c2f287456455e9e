import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { pino } from "pino";
import {
  QTasksError,
  QueueTasks,
  Router,
  TaskFailedError,
  type QueueTasksOptions,
} from "../../src/index.ts";
import { FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { assertNoLeaks } from "../support/leaks.ts";

const QUIET = { logger: pino({ level: "silent" }), env: {}, configFile: false } as const;

/** An app in memory without a server, stopped when the test ends. */
function memoryApp(t: TestContext, options: QueueTasksOptions = {}): QueueTasks {
  const app = new QueueTasks({ ...QUIET, url: "memory:", ...options });
  t.after(() => app.stop());
  return app;
}

/** A server with a worker of its own, and an app in this process that reaches it by gRPC alone. */
async function pair(t: TestContext) {
  const server = memoryApp(t, { grpc: "127.0.0.1:0", http: false });
  await server.start({ worker: false });
  const remote = new QueueTasks({ ...QUIET, server: server.grpcAddress });
  t.after(() => remote.stop());
  return { server, remote };
}

/** Repeats while the server does not know the task yet. */
async function untilKnown<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (QTasksError.from(error).reason !== "DEFINITION_NOT_FOUND") throw error;
    }
  }
}

test("server and worker in one process, called through the task", async (t) => {
  const app = memoryApp(t);
  const add = app.task("math.add", async ({ x, y }: { x: number; y: number }) => x + y);
  await app.start({ server: false });
  assert.equal(await add.run({ x: 1, y: 2 }), 3);
  const handle = await add.enqueue({ x: 2, y: 2 }, { delayMs: 20, labels: { a: "b" } });
  assert.equal(await handle.result({ timeoutMs: 5_000 }), 4);
});

test("a worker and a client over gRPC have the same surface", async (t) => {
  const { remote } = await pair(t);
  const seen: string[] = [];
  const count = remote.task("count", async function* (to: number, { logger, progress, enqueue }) {
    logger.info("counting", { to });
    progress(0, to);
    for (let n = 1; n <= to; n++) yield n;
    await enqueue("child", { of: to });
    return to;
  });
  remote.task("child", (input: { of: number }, { parentTaskId }) => {
    seen.push(parentTaskId ?? "none");
    return input.of;
  });
  await remote.start();
  const handle = await count.enqueue(3);
  assert.equal(await handle.result({ timeoutMs: 5_000 }), 3);
  const outputs: unknown[] = [];
  const logs: string[] = [];
  for await (const { event } of handle.events()) {
    if (event.case === "output") outputs.push(JSON.parse(event.value.body.value as string));
    if (event.case === "log") logs.push(event.value.message);
  }
  assert.deepEqual(outputs, [1, 2, 3]);
  assert.deepEqual(logs, ["counting"]);
  const client = await remote.client();
  const children = [];
  for await (const child of client.list({ parentTaskIds: [handle.id] })) children.push(child);
  assert.equal(children.length, 1);
  assert.equal(await client.handle(children[0]!.taskId).result({ timeoutMs: 5_000 }), 3);
  assert.deepEqual(seen, [handle.id]);
});

test("a client alone needs no start: it connects when it is used", async (t) => {
  const { server, remote } = await pair(t);
  const later = remote.task("later", () => assert.fail("a client runs nothing"));
  await assert.rejects(later.enqueue(), { reason: "DEFINITION_NOT_FOUND" });
  // A server makes its own tasks known, without a worker of its own too.
  server.task("later", () => assert.fail("this server has no worker"));
  const handle = await untilKnown(() => later.enqueue());
  assert.equal((await handle.get()).state, TaskState.PENDING);
});

test("handlers added while the app runs are served, the first one too", async (t) => {
  const app = memoryApp(t);
  await app.start({ server: false });
  const first = app.task("first", () => 1);
  assert.equal(await first.run(undefined, { timeoutMs: 5_000 }), 1);
  const router = new Router({ prefix: "late." });
  app.includeRouter(router);
  const second = router.task("second", () => 2);
  assert.equal(second.name, "late.second");
  assert.equal(await second.run(undefined, { timeoutMs: 5_000 }), 2);
});

test("a canceled handler hears it by its signal", async (t) => {
  const app = memoryApp(t);
  const begun = Promise.withResolvers<void>();
  const waits = app.task("waits", async (_: unknown, { signal }) => {
    begun.resolve();
    await new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
  });
  await app.start({ server: false });
  const handle = await waits.enqueue();
  await begun.promise;
  await handle.cancel({ reason: "enough" });
  const ended = await handle.done({ timeoutMs: 5_000 });
  assert.equal(ended.state, TaskState.CANCELED);
  assert.equal(ended.cancelReason, "enough");
});

test("an input that the schema refuses is refused at the enqueue, and before the handler", async (t) => {
  const app = memoryApp(t);
  const small: StandardSchemaV1<number> = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) =>
        Number(value) < 10 ? { value: Number(value) } : { issues: [{ message: "too large" }] },
    },
  };
  const it = app.task({ name: "it", input: small }, (n: number) => n);
  await app.start({ server: false });
  assert.equal(await it.run(3, { timeoutMs: 5_000 }), 3);
  await assert.rejects(it.enqueue(12), { reason: "FIELD_VIOLATION", message: "input: too large" });
  // Another program does not know the schema.
  const client = await app.client();
  const failed = await client.run("it", 12, { timeoutMs: 5_000 }).catch((error: unknown) => error);
  assert.ok(failed instanceof TaskFailedError);
  assert.equal(failed.task.failure?.kind, FailureKind.REJECTED);
  assert.equal(failed.task.failure?.message, "input: too large");
});

test("two apps in one process don't meet", async (t) => {
  const [one, other] = [memoryApp(t), memoryApp(t)];
  const tasks = [one, other].map((app, index) => app.task("who", () => index));
  await Promise.all([one.start({ server: false }), other.start({ server: false })]);
  assert.deepEqual(await Promise.all(tasks.map((task) => task.run())), [0, 1]);
});

test("what can't work is refused with the option's name", async () => {
  const bad = (options: QueueTasksOptions) => () => new QueueTasks({ ...QUIET, ...options });
  assert.throws(bad({ url: "mongo://user:pw@host" }), {
    reason: "CONFIG_INVALID",
    message:
      "no backend for mongo:…; there are memory:, sqlite:PATH, redis://HOST:PORT (or rediss://)",
  });
  assert.throws(bad({ slots: -1 }), { reason: "CONFIG_INVALID", message: /^slots: / });
  const remote = new QueueTasks({ ...QUIET, server: "127.0.0.1:1" });
  await assert.rejects(remote.start({ server: true }), { message: /can't be a server as well/ });
  await assert.rejects(remote.globalConfig(), { message: /not on a storage/ });
  await remote.stop();
  const tls = new QueueTasks({ ...QUIET, url: "memory:", tlsCert: "cert.pem" });
  await assert.rejects(tls.start(), { message: /^tlsKey: / });
});

test("shared values are there on a storage", async (t) => {
  const config = await memoryApp(t).globalConfig();
  await config.put({ key: "k", value: 1 });
  assert.equal((await config.get("k"))?.value, 1);
});

test("start and stop are idempotent and leave nothing open", async () => {
  await assertNoLeaks(async () => {
    const app = new QueueTasks({ ...QUIET, url: "memory:", grpc: "127.0.0.1:0", http: false });
    const it = app.task("it", () => 1);
    await app.stop();
    for (let n = 0; n < 10; n++) {
      await Promise.all([app.start(), app.start()]);
      assert.equal(await it.run(undefined, { timeoutMs: 5_000 }), 1);
      await Promise.all([app.stop(), app.stop()]);
      assert.equal(app.grpcAddress, undefined);
    }
  });
});

test("names and ids that are no text, as programs without types may give, are refused as fields", async (t) => {
  const app = memoryApp(t);
  app.task("t", () => 1);
  await app.start({ server: false });
  const client = await app.client();
  for (const id of [undefined, null, 5] as unknown as string[])
    for (const call of [
      async () => client.handle(id),
      () => client.get(id),
      () => client.enqueue(id),
    ])
      await assert.rejects(call(), { reason: "FIELD_VIOLATION" });
});
