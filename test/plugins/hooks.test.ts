import assert from "node:assert/strict";
import { test } from "node:test";
import { AttemptState, type TaskSpec } from "../../gen/qtasksapi/v1/task_pb.ts";
import { MailTasks } from "../../examples/mail/gen/acme/mail/v1/mail_pb.ts";
import { connect } from "../../src/client/connect.ts";
import { MemoryBroker } from "../../src/backends/memory/memory-broker.ts";
import {
  QTasksError,
  QueueTasks,
  Router,
  TaskState,
  type EnqueueHook,
  type Plugin,
} from "../../src/index.ts";
import { testApp } from "../../src/testing/index.ts";
import { memoryApp, QUIET } from "../app/memory-app.ts";
import { invalid } from "./invalid.ts";

test("a hook that gives a promise where the event is due fails what was under way", async (t) => {
  const app = memoryApp(t);
  app.use({
    name: "late",
    install: ({ hook }) => hook("app.encode", (async (event: unknown) => event) as never),
  });
  const task = app.task("t", (input: { secret: string }) => input.secret);
  await app.start({ server: false });
  await assert.rejects(
    task.run({ secret: "plain" }),
    invalid(/a hook of the plugin late gave a promise/),
  );
  const client = await app.client();
  assert.equal((await client.listPage()).tasks.length, 0, "nothing was stored");
});

test("what such a promise rejects with ends no process", async (t) => {
  const app = memoryApp(t);
  app.use({
    name: "late",
    install: ({ hook }) => hook("app.encode", (() => Promise.reject(new Error("boom"))) as never),
  });
  const task = app.task("t", () => 1);
  await assert.rejects(task.enqueue(), invalid(/a hook of the plugin late gave a promise/));
  // The runner fails a test during which a rejection is handled by nobody.
  await new Promise(setImmediate);
});

test("a hook that gives no payload fails what was under way: nothing is sent in plain", async (t) => {
  const app = memoryApp(t);
  app.use({ name: "empty", install: ({ hook }) => hook("app.encode", () => ({}) as never) });
  const task = app.task("t", (input: { secret: string }) => input.secret);
  await app.start({ server: false });
  await assert.rejects(
    task.run({ secret: "plain" }),
    invalid(/a hook at app\.encode gave an event without a payload/),
  );
  assert.equal((await (await app.client()).listPage()).tasks.length, 0, "nothing was stored");
});

test("a hook that gives no registration fails the start: its task would never be run", async (t) => {
  const app = memoryApp(t);
  app.use({ name: "empty", install: ({ hook }) => hook("app.task", () => ({}) as never) });
  app.task("t", () => 1);
  const refused = invalid(/a hook at app\.task gave an event without a registration/);
  await assert.rejects(app.start({ server: false }), refused);
});

test("a hook around enqueues that hands nothing on, or gives nothing, fails them one by one", async (t) => {
  const cases: [EnqueueHook, RegExp][] = [
    [async (call, next) => void (await next(call)) as never, /a hook at app\.enqueue gave nothing/],
    [(_, next) => next(undefined as never), /a hook of the plugin empty gave undefined/],
  ];
  for (const [hook, message] of cases) {
    const app = memoryApp(t);
    app.use({ name: "empty", install: (scope) => scope.hook("app.enqueue", hook) });
    const task = app.task("t", () => 1);
    await app.start({ server: false });
    await assert.rejects(task.enqueue(), invalid(message));
    const [item] = await (await app.client()).enqueueMany([{ name: "t" }]);
    assert.match(item!.ok ? "" : item!.error.message, message);
  }
});

test("an item that a hook refuses fails alone in enqueueMany", async (t) => {
  const app = memoryApp(t);
  app.use({
    name: "refusing",
    install: ({ hook }) =>
      hook("app.enqueue", (call, next) => {
        if (call.request.spec!.headers["refuse"] === "yes") throw new Error("refused");
        return next(call);
      }),
  });
  app.task("t", () => 1);
  await app.start({ server: false });
  const client = await app.client();
  const refuse = { headers: { refuse: "yes" } };
  const results = await client.enqueueMany([
    { name: "t" },
    { name: "t", options: refuse },
    { name: "t" },
  ]);
  assert.deepEqual(
    results.map(({ ok }) => ok),
    [true, false, true],
  );
});

test("a router's plugin hears of tasks that are run elsewhere, and of those that come late", async (t) => {
  const app = memoryApp(t);
  const heard: string[] = [];
  const listener: Plugin = {
    name: "listener",
    start: () => void heard.push("started"),
    install: ({ hook }) =>
      hook("app.enqueue", (call, next) => {
        heard.push(call.request.spec!.name);
        return next(call);
      }),
  };
  const called = new Router().use(listener);
  const { sendEmail } = called.service(MailTasks, {});
  app.includeRouter(called);
  const empty = new Router({ prefix: "late." }).use(listener);
  app.includeRouter(empty);
  await app.start({ server: false });
  await assert.rejects(sendEmail.enqueue({}), { reason: "DEFINITION_NOT_FOUND" });
  const task = empty.task("t", () => 1);
  assert.equal(await task.run(), 1);
  assert.deepEqual(heard, ["started", "acme.mail.v1.MailTasks/SendEmail", "late.t"]);
});

test("an isolated hook that throws is logged and stops nothing; a fatal one fails what was under way", async (t) => {
  const app = memoryApp(t);
  app.use({
    name: "faulty",
    install: ({ hook }) => {
      hook("worker.attemptStarted", () => {
        throw new Error("isolated");
      });
      hook("worker.attemptEnded", () => Promise.reject(new Error("isolated, later")) as never);
      hook("app.enqueue", (call, next) => {
        if (call.request.spec?.name === "bad") throw new Error("fatal");
        return next(call);
      });
    },
  });
  const good = app.task("good", () => 1);
  const bad = app.task("bad", () => 1);
  await app.start({ server: false });
  assert.equal(await good.run(), 1);
  await assert.rejects(bad.run(), /fatal/);
});

test("a router's and a task's plugin hear of their tasks alone", async (t) => {
  const app = memoryApp(t);
  const heard: string[] = [];
  const listener = (name: string): Plugin => ({
    name,
    install: ({ hook, middleware }) => {
      hook("pipeline.ended", ({ task }) => void heard.push(`${name}: ended ${task}`));
      hook("app.enqueue", (call, next) => {
        heard.push(`${name}: ${call.operation} ${call.request.spec!.name}`);
        return next(call);
      });
      middleware((context, next) => {
        heard.push(`${name}: around ${context.name}`);
        return next();
      });
    },
  });
  const router = new Router({ prefix: "r." }).use(listener("router"));
  const inRouter = router.task("a", () => 1);
  app.includeRouter(router);
  const own = app.task({ name: "b", use: [listener("task")] }, () => 1);
  const plain = app.task("c", () => 1);
  await app.start({ server: false });
  for (const task of [inRouter, own, plain]) await task.run();
  const expected = ["router: run r.a", "router: around r.a", "router: ended r.a"];
  const ofTask = ["task: run b", "task: around b", "task: ended b"];
  assert.deepEqual(heard, [...expected, ...ofTask]);
});

test("a plugin of some components leaves the points of others alone", async (t) => {
  const app = memoryApp(t);
  const heard: string[] = [];
  const plugin: Plugin = {
    name: "p",
    install: ({ hook }) => {
      hook("worker.attemptEnded", ({ result }) => void heard.push(`worker: ${result}`));
      hook("storage.call", ({ method }) => void heard.push(`storage: ${method}`));
    },
  };
  app.use(plugin, { components: ["worker"] });
  const task = app.task("t", () => 1);
  await app.start({ server: false });
  await task.run();
  assert.deepEqual(heard, ["worker: success"]);
});

test("every point is told of what happens there, and replaces what it may", async (t) => {
  const app = memoryApp(t);
  const heard = new Set<string>();
  app.use({
    name: "listener",
    install: ({ hook, route }) => {
      hook("app.task", (event) => {
        heard.add(`app.task ${event.task}`);
        const { registration } = event;
        const definition = { ...registration.definition, description: "by a plugin" };
        return { ...event, registration: { ...registration, definition } };
      });
      hook("pipeline.enqueue", async (event) => {
        heard.add(`pipeline.enqueue ${event.task}`);
        if (event.task === "refused") throw new QTasksError("RATE_LIMITED", "not now");
        const { request } = event;
        const spec = { ...request.spec!, headers: { ...request.spec!.headers, by: "plugin" } };
        return { ...event, request: { ...request, spec } };
      });
      hook("pipeline.enqueued", ({ task }) => void heard.add(`pipeline.enqueued ${task}`));
      hook("pipeline.handedOut", ({ task, waitedMs }) => {
        assert.ok(waitedMs >= 0);
        heard.add(`pipeline.handedOut ${task}`);
      });
      hook("pipeline.attemptEnded", ({ task, attempt, attemptState, durationMs }) => {
        assert.ok(durationMs >= 0);
        heard.add(`pipeline.attemptEnded ${task} ${attempt} ${attemptState}`);
      });
      hook(
        "pipeline.ended",
        ({ task, state }) => void heard.add(`pipeline.ended ${task} ${state}`),
      );
      hook("worker.attemptStarted", ({ task }) => void heard.add(`worker.attemptStarted ${task}`));
      hook("worker.attemptEnded", ({ result }) => void heard.add(`worker.attemptEnded ${result}`));
      hook("storage.call", ({ method }) => void heard.add(`storage.call ${method}`));
      hook(
        "server.call",
        ({ method, reason }) => void heard.add(`server.call ${method} ${reason ?? "ok"}`),
      );
      route({
        path: "/hello",
        open: true,
        handle: () => ({ contentType: "text/plain", body: "world" }),
      });
    },
  });
  const flaky = app.task(
    { name: "flaky", retry: { maxAttempts: 2, initialBackoffMs: 1 } },
    (_: undefined, { attempt, headers }) => {
      if (attempt === 1) throw new Error("once");
      return headers["by"];
    },
  );
  app.task("refused", () => 1);
  await app.start();
  assert.equal(await flaky.run(), "plugin");
  const caller = new QueueTasks({ ...QUIET, server: app.grpcAddress });
  t.after(() => caller.stop());
  const client = await caller.client();
  assert.equal(await client.run("flaky"), "plugin");
  await assert.rejects(client.run("refused"), { reason: "RATE_LIMITED" });
  const page = await fetch(`http://${app.httpAddress}/hello`);
  assert.equal(await page.text(), "world");
  assert.deepEqual([...heard].filter((line) => !line.startsWith("storage.call")).toSorted(), [
    "app.task flaky",
    "app.task refused",
    `pipeline.attemptEnded flaky 1 ${AttemptState.FAILED}`,
    `pipeline.attemptEnded flaky 2 ${AttemptState.SUCCEEDED}`,
    `pipeline.ended flaky ${TaskState.SUCCEEDED}`,
    "pipeline.enqueue flaky",
    "pipeline.enqueue refused",
    "pipeline.enqueued flaky",
    "pipeline.handedOut flaky",
    "server.call qtasksapi.v1.TaskService/RunTask RATE_LIMITED",
    "server.call qtasksapi.v1.TaskService/RunTask ok",
    "worker.attemptEnded failure",
    "worker.attemptEnded success",
    "worker.attemptStarted flaky",
  ]);
  assert.ok(heard.has("storage.call create"));
  assert.ok(heard.has("storage.call documents.put"));
});

test("a call without the token is told by its reason, over HTTP and gRPC alike", async (t) => {
  const app = memoryApp(t, { token: "secret" });
  const told: string[] = [];
  app.use({
    name: "telling",
    install: ({ hook }) =>
      hook("server.call", ({ method, reason }) => void told.push(`${method} ${reason}`)),
  });
  await app.start({ worker: false });
  const method = "qtasksapi.v1.TaskService/CountTasks";
  const stranger = connect({ address: app.grpcAddress! });
  t.after(() => stranger.close());
  await assert.rejects(stranger.count(), { reason: "TOKEN_INVALID" });
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: "{}" };
  const { status } = await fetch(`http://${app.httpAddress}/${method}`, init);
  assert.equal(status, 401);
  assert.deepEqual(told, [`${method} TOKEN_INVALID`, `${method} TOKEN_INVALID`]);
});

test("an attempt's end is told once, though its task is written again in the same ms", async (t) => {
  const app = new QueueTasks(QUIET);
  const told: string[] = [];
  app.use({
    name: "telling",
    install: ({ hook }) => {
      hook("pipeline.attemptEnded", ({ task, attempt }) => void told.push(`${task} ${attempt}`));
    },
  });
  const retry = { maxAttempts: 2, initialBackoffMs: 60_000 };
  const failing = app.task({ name: "failing", retry }, () => {
    throw new Error("no");
  });
  // Its clock stands still: all of it happens at one time.
  const kit = await testApp({ app });
  t.after(() => kit.stop());
  const canceled = await failing.enqueue();
  await kit.idle();
  await canceled.cancel();
  await canceled.retry();
  await kit.idle();
  assert.deepEqual(told, ["failing 1", "failing 2"]);
});

test("outcomes that come too late are told", async (t) => {
  const app = memoryApp(t);
  const { promise: told, resolve: tell } = Promise.withResolvers<string>();
  app.use({
    name: "listener",
    install: ({ hook }) => hook("pipeline.staleOutcome", ({ taskId }) => tell(taskId)),
  });
  const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const slow = app.task("slow", async () => {
    begin();
    await mayEnd;
  });
  await app.start({ server: false });
  const handle = await slow.enqueue();
  await begun;
  await handle.cancel({ forceAfterMs: 0 });
  await handle.done();
  letEnd();
  assert.equal(await told, handle.id);
});

test("a broker of its own is told of apart from the storage", async (t) => {
  const heard = new Set<string>();
  const app = memoryApp(t, { components: { broker: () => new MemoryBroker() } });
  app.use({
    name: "listener",
    install: ({ hook }) => {
      hook("broker.call", ({ method }) => void heard.add(`broker ${method}`));
      hook("storage.call", ({ method }) => void heard.add(`storage ${method}`));
    },
  });
  const task = app.task("t", () => 1);
  await app.start({ server: false });
  await task.run();
  for (const call of ["broker publish", "broker take", "broker settle", "storage create"])
    assert.ok(heard.has(call), call);
  assert.ok(!heard.has("storage take"));
});

test("what a pipeline.enqueue hook gives is checked as a caller's request is", async (t) => {
  const changes: [string, (spec: TaskSpec) => void][] = [
    ["FIELD_VIOLATION", ({ options }) => (options!.queue = "has spaces")],
    ["FIELD_VIOLATION", (spec) => (spec.headers["authorization"] = "Bearer x")],
    [
      "PAYLOAD_TOO_LARGE",
      ({ payload }) => (payload!.body = { case: "text", value: "9".repeat(3e6) }),
    ],
  ];
  for (const [reason, change] of changes) {
    const app = memoryApp(t);
    app.use({
      name: "careless",
      install: ({ hook }) =>
        hook("pipeline.enqueue", (event) => {
          change(event.request.spec!);
          return event;
        }),
    });
    const task = app.task("t", () => 1);
    await app.start({ server: false });
    await assert.rejects(task.enqueue(1), { reason });
    const client = await app.client();
    const [result] = await client.enqueueMany([{ name: "t", input: 1 }]);
    assert.ok(result?.ok === false && result.error.reason === reason);
    assert.equal((await client.listPage()).tasks.length, 0, "nothing was stored");
  }
});
