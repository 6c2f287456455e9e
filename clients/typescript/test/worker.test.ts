import assert from "node:assert/strict";
import { test } from "node:test";
import { ConformanceTasks } from "../../../test/gen/conformance/v1/conformance_pb.ts";
import { QTasksError, Router, TerminalError, Worker, type Middleware } from "../node/index.ts";
import { Server } from "./setup.ts";

test("tasks that are defined before the start, while it runs, and by a router", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  const double = worker.task("double", (value: number) => value * 2);
  await worker.start();
  assert.equal(await double.run(21), 42);

  const router = new Router({ prefix: "late." });
  worker.includeRouter(router);
  const refuse = router.task("refuse", (): null => {
    throw new TerminalError("not today", { type: "test.NotToday" });
  });
  const handle = await untilKnown(() => refuse.enqueue());
  const error = await handle.result().catch((thrown: unknown) => thrown);
  assert.equal((error as { type?: string }).type, "test.NotToday");
  assert.equal((await handle.get()).spec?.name, "late.refuse");
  assert.throws(() => worker.task("double", () => null), { reason: "DEFINITION_CONFLICT" });
});

test("middlewares wrap the handlers of the worker, of routers and of tasks; plugins are refused", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  const add = (text: string): Middleware => {
    return async (_, next) => `${text}(${String(await next())})`;
  };
  const router = new Router().use(add("router"));
  const task = router.task({ name: "wrapped", use: [add("task")] }, () => "handler");
  worker.includeRouter(router);
  worker.use(add("worker"));
  await worker.start();
  assert.equal(await task.run(), "worker(router(task(handler)))");
  assert.throws(() => worker.use(add("late")), { reason: "CONFIG_INVALID" });
  const plugged = server.worker();
  plugged.task({ name: "plugged", use: [{ name: "metrics" }] }, () => 1);
  await assert.rejects(plugged.start(), /plugged uses the plugin metrics: plugins need an app/);
});

test("it starts, stops and starts again; a stop before the start or twice is harmless", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker({ slots: 3 });
  worker.task("one", () => 1);
  await worker.stop();
  await Promise.all([worker.start(), worker.start()]);
  assert.equal(worker.status.state, "running");
  assert.equal(worker.status.slots, 3);
  await Promise.all([worker.stop(), worker.stop()]);
  assert.equal(worker.status.state, "stopped");
  const handle = await server.client().enqueue("one");
  await worker.start();
  assert.equal(await handle.result(), 1);
});

test("a stop that follows the start at once ends it, and the worker may be started again", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  const one = worker.task("one", () => 1);
  const refused = assert.rejects(worker.start(), { reason: "CALL_CANCELED" });
  await worker.stop();
  await refused;
  assert.equal(worker.status.state, "stopped");
  await worker.start();
  assert.equal(await one.run(), 1);
});

test("of starts and stops that are asked for at once the last counts", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  const task = worker.task("one", () => 1);
  await worker.start();
  const overtaken = assert.rejects(Promise.all([worker.stop(), worker.start()]), {
    reason: "CALL_CANCELED",
  });
  await Promise.all([overtaken, worker.stop()]);
  assert.equal(worker.status.state, "stopped");
  await Promise.all([worker.stop(), worker.start()]);
  assert.equal(worker.status.state, "running");
  assert.equal(await task.run(), 1);
});

test("a task that its executor refuses fails each start, and is served by none", async (t) => {
  const server = await Server.start(t);
  const check = ({ definition }: { readonly definition: { readonly name: string } }) => {
    if (definition.name === "bad") throw new QTasksError("CONFIG_INVALID", "not that one");
  };
  const worker = server.worker({ executor: { check, run: () => "run" } });
  worker.task("good", () => 1);
  worker.task("bad", () => 2);
  worker.task("last", () => 3);
  for (let n = 0; n < 2; n++) await assert.rejects(worker.start(), { message: "not that one" });
  assert.equal(worker.status.state, "idle");
});

test("several tasks that come while it runs are all served", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  worker.task("first", () => "first");
  await worker.start();
  const tasks = [0, 1, 2].map((n) => worker.task(`late${n}`, () => n));
  const results = tasks.map((task) => untilKnown(() => task.run()));
  assert.deepEqual(await Promise.all(results), [0, 1, 2]);
  await worker.stop();
  const last = worker.task("last", () => "last");
  await worker.start();
  assert.equal(await last.run(), "last");
});

test("middlewares can be added once the tasks are defined, until the start", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  const task = worker.task("wrapped", () => "handler");
  await worker.define();
  worker.use(async (_, next) => `wrapped(${String(await next())})`);
  await worker.start();
  assert.equal(await task.run(), "wrapped(handler)");
});

test("what it defines can be enqueued before any worker is up, methods by their messages", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  worker.service(ConformanceTasks, { echo: ({ text }) => ({ text: text.toUpperCase() }) });
  await worker.define();
  const client = server.client();
  const handle = await client.enqueueMethod(ConformanceTasks.method.echo, { text: "early" });
  assert.equal((await handle.get()).spec?.payload?.schema, "conformance.v1.EchoRequest");
  await worker.start();
  assert.equal((await handle.result()).text, "EARLY");
});

test("a task that the server refuses is named, with where it was defined", async (t) => {
  const worker = (await Server.start(t)).worker();
  worker.task({ name: "bad", priority: 5_000 }, () => null);
  const message = /options\.priority: .*1000.* \(task bad, .*worker\.test\.ts:\d+\)$/;
  for (const call of [() => worker.define(), () => worker.start()])
    await assert.rejects(call, { reason: "FIELD_VIOLATION", message });
});

test("outputs of a method are messages", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  const { count } = ConformanceTasks.method;
  const handle = await server.client().enqueueMethod(count, { count: 3 });
  const values: number[] = [];
  for await (const { value } of handle.outputs()) values.push(value);
  assert.deepEqual(values, [0, 1, 2]);
});

test("what it holds survives a killed server", async (t) => {
  const server = await Server.onFile(t);
  const worker = server.worker();
  const begun = Promise.withResolvers<void>();
  const going = Promise.withResolvers<string>();
  worker.task("long", (_: null, { attempt }) => {
    begun.resolve();
    return going.promise.then((text) => `${text} ${attempt}`);
  });
  await worker.start();
  const handle = await server.client().enqueue("long");
  await begun.promise;
  await server.kill();
  going.resolve("attempt");
  await server.startAgain();
  assert.equal(await handle.result(), "attempt 1");
});

test("options that there are not, and those out of range, are refused by name", () => {
  const misspelt = { adress: "127.0.0.1:1", slot: 1 } as object;
  assert.throws(() => new Worker(misspelt), {
    reason: "CONFIG_INVALID",
    message:
      "Worker: adress: no such option; did you mean address?; slot: no such option; did you mean slots?",
  });
  const slots = () => new Worker({ slots: 0 });
  assert.throws(slots, { reason: "CONFIG_INVALID", message: /slots .* 1 to 10000; got 0/ });
  assert.throws(() => new Worker({ address: "nowhere" }), { reason: "FIELD_VIOLATION" });
  assert.throws(() => new Worker({ address: "tasks.example:1", token: "t" }), {
    message: /token: can't be sent to tasks.example:1 without TLS/,
  });
});

/** A task that was added to a running worker is known to the server a moment later. */
async function untilKnown<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (QTasksError.from(error).reason !== "DEFINITION_NOT_FOUND") throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
