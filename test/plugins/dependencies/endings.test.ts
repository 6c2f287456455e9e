import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskFailedError } from "../../../src/index.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { dependency } from "../../../src/plugins/dependencies/index.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { appWith, errorLog, noted } from "./setup.ts";

const ONCE = { retry: { maxAttempts: 1 } };

test("a task's values go when its handler throws, and the failure is the handler's", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  const session = noted(trace, "session", "task");
  const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
    await session.of(context);
    throw new Error("the handler's own");
  });
  await app.start({ server: false });
  await assert.rejects(task.run(), /the handler's own/);
  assert.deepEqual(trace, ["+session 1", "-session 1"]);
});

test("and when it is canceled, times out or is taken away, once the handler has ended", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  const session = noted(trace, "session", "task");
  const begun = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const wait = async (name: string, signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await sleep(20);
    trace.push(`end ${name}`);
    signal.throwIfAborted();
  };
  const task = app.task("t", async (at: number, context) => {
    await session.of(context);
    begun[at]!.resolve();
    await wait("canceled", context.signal);
  });
  const slow = app.task({ name: "slow", ...ONCE, timeoutMs: 30 }, async (_: undefined, context) => {
    await session.of(context);
    await wait("timed out", context.signal);
  });
  await app.start({ server: false });
  const canceled = await task.enqueue(0);
  await begun[0]!.promise;
  await canceled.cancel();
  assert.equal((await canceled.done()).state, TaskState.CANCELED);
  assert.deepEqual(trace.splice(0), ["+session 1", "end canceled", "-session 1"]);
  await assert.rejects(slow.run(), TaskFailedError);
  await eventually("a disposal", async () => trace.length === 3 || undefined);
  assert.deepEqual(trace.splice(0), ["+session 2", "end timed out", "-session 2"]);
  const forced = await task.enqueue(1);
  await begun[1]!.promise;
  await forced.cancel({ forceAfterMs: 0 });
  await eventually("a disposal", async () => trace.length === 3 || undefined);
  assert.deepEqual(trace, ["+session 3", "end canceled", "-session 3"]);
});

test("and when its lease is lost", async (t) => {
  const trace: string[] = [];
  const server = appWith(t, {}, { timings: { heartbeatIntervalMs: 50 } });
  await server.start({ worker: false });
  const app = appWith(t, {}, { server: server.grpcAddress, graceMs: 0 });
  const session = noted(trace, "session", "task");
  const begun = Promise.withResolvers<void>();
  const reasons: unknown[] = [];
  app.task("t", async (_: undefined, context) => {
    await session.of(context);
    begun.resolve();
    await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    reasons.push((context.signal.reason as { why: string }).why);
  });
  await app.start();
  const client = await server.client();
  await eventually("the definition", async () =>
    client.enqueue("t").then(
      () => true,
      () => undefined,
    ),
  );
  await begun.promise;
  for await (const { taskId } of client.list())
    await client.handle(taskId).cancel({ forceAfterMs: 0 });
  await eventually("a disposal", async () => trace.length === 2 || undefined);
  assert.deepEqual(reasons, ["lost"]);
  assert.deepEqual(trace, ["+session 1", "-session 1"]);
});

test("a dispose that fails or hangs after a failure is logged; the other disposals go on", async (t) => {
  const trace: string[] = [];
  const { logger, errors } = errorLog();
  const app = appWith(t, { disposeTimeoutMs: 30 }, { logger });
  const first = noted(trace, "first", "task");
  const throws = noted(trace, "throws", "task", {
    dispose: () => Promise.reject(new Error("stuck")),
  });
  const hangs = noted(trace, "hangs", "task", { dispose: () => new Promise(() => {}) });
  const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
    for (const each of [first, throws, hangs]) await each.of(context);
    throw new Error("the handler's own");
  });
  await app.start({ server: false });
  const handle = await task.enqueue();
  await assert.rejects(handle.result(), /the handler's own/);
  assert.deepEqual(trace.slice(3), ["-hangs 1", "-throws 1", "-first 1"]);
  const facts = errors.map(({ msg, err, dependency: name, scope, taskId, plugin }) => [
    msg,
    (err as Error).message,
    [name, scope, taskId === handle.id, plugin],
  ]);
  const about = (name: string) => [name, "task", true, "dependencies"];
  const msg = "a dependency could not be disposed";
  assert.deepEqual(facts, [
    [msg, "the disposal of hangs is not done after 30 ms", about("hangs")],
    [msg, "stuck", about("throws")],
  ]);
});

test("the app's and the worker's values that can't be disposed are logged, and stop nothing", async (t) => {
  const trace: string[] = [];
  const { logger, errors } = errorLog();
  const app = appWith(t, {}, { logger });
  const stuck = { dispose: () => Promise.reject(new Error("stuck")) };
  const pool = noted(trace, "pool", "app", stuck);
  const cache = noted(trace, "cache", "worker", stuck);
  const task = app.task("t", (_: undefined, context) =>
    Promise.all([pool.of(context), cache.of(context)]),
  );
  await app.start({ server: false });
  await task.run();
  await app.stop();
  assert.deepEqual(trace.slice(2), ["-cache 1", "-pool 1"]);
  assert.deepEqual(
    errors.map(({ dependency: name, scope }) => [name, scope]),
    [
      ["cache", "worker"],
      ["pool", "app"],
    ],
  );
});

test("what is being made when the handler ends is given up when it is there", async (t) => {
  const trace: string[] = [];
  const { logger, errors } = errorLog();
  const app = appWith(t, { disposeTimeoutMs: 40 }, { logger });
  const soon = noted(trace, "soon", "task", { create: () => sleep(10).then(String) });
  const late = noted(trace, "late", "task", { create: () => sleep(80).then(String) });
  const task = app.task("t", (which: string, context) => {
    // Its rejection tells that the handler has ended.
    (which === "soon" ? soon : late)
      .of(context)
      .catch((error: unknown) => trace.push((error as Error).message));
  });
  await app.start({ server: false });
  await task.run("soon");
  assert.deepEqual(trace.splice(0), ["+soon 1", "-soon 1"]);
  await task.run("late");
  assert.deepEqual(trace, []);
  assert.match(errors[0]!.msg, /still being made at the end/);
  await eventually("a disposal", async () => trace.length === 3 || undefined);
  const over = "the handler of t has ended: its dependencies are given up";
  assert.deepEqual(trace, ["+late 1", "-late 1", over]);
});

test("a handler that waits for a value hears of its cancellation", async (t) => {
  const app = appWith(t);
  const begun = Promise.withResolvers<void>();
  const hangs = dependency({
    name: "hangs",
    scope: "app",
    create: ({ signal }) => {
      begun.resolve();
      return new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    },
  });
  const task = app.task("t", (_: undefined, context) => hangs.of(context));
  await app.start({ server: false });
  const handle = await task.enqueue();
  await begun.promise;
  await handle.cancel();
  assert.equal((await handle.done()).state, TaskState.CANCELED);
  // Its signal aborts with the app: the stop does not wait for the time of disposals.
  const startedAt = performance.now();
  await app.stop();
  assert.ok(performance.now() - startedAt < 5_000);
});

test("after its end a handler gets no values, and none are made", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  const session = noted(trace, "session", "task");
  const later = Promise.withResolvers<string>();
  const task = app.task("t", (_: undefined, context) => {
    const ask = (): void =>
      void session.of(context).catch((error: unknown) => later.resolve((error as Error).message));
    setTimeout(ask, 20);
  });
  await app.start({ server: false });
  await task.run();
  assert.match(await later.promise, /the handler of t has ended/);
  assert.deepEqual(trace, []);
});
