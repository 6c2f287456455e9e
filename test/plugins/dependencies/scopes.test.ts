import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AdminService } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { openChannel } from "../../../src/client/channel.ts";
import { grpcCalls } from "../../../src/client/grpc-calls.ts";
import type { HandlerContext } from "../../../src/index.ts";
import { dependencies, dependency } from "../../../src/plugins/dependencies/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { assertNoLeaks } from "../../support/leaks.ts";
import { appWith, noted } from "./setup.ts";

test("values live as long as their scope, and go in the reverse order of their making", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  const pool = noted(trace, "pool", "app");
  const cache = noted(trace, "cache", "worker", { create: ({ get }) => get(pool) });
  const session = noted(trace, "session", "task", { create: ({ get }) => get(cache) });
  const lock = noted(trace, "lock", "task");
  const task = app.task("t", async (_: undefined, context) => {
    const values = [await session.of(context), await lock.of(context), await pool.of(context)];
    assert.equal(await session.of(context), values[0]);
    return values;
  });
  await app.start({ server: false });
  assert.deepEqual(trace, []);
  assert.deepEqual(await task.run(), ["session 1", "lock 1", "pool 1"]);
  assert.deepEqual(await task.run(), ["session 2", "lock 2", "pool 1"]);
  const once = (n: number) => [`+session ${n}`, `+lock ${n}`, `-lock ${n}`, `-session ${n}`];
  const twice = ["+pool 1", "+cache 1", ...once(1), ...once(2)];
  assert.deepEqual(trace, twice);
  await app.stop();
  assert.deepEqual(trace, [...twice, "-cache 1", "-pool 1"]);
});

test("after a stop and a start they are made anew", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  const pool = noted(trace, "pool", "app");
  const task = app.task("t", (_: undefined, context) => pool.of(context));
  for (const n of [1, 2]) {
    await app.start({ server: false });
    assert.equal(await task.run(), `pool ${n}`);
    await app.stop();
    assert.deepEqual(trace.splice(0), [`+pool ${n}`, `-pool ${n}`]);
  }
});

test("those of a worker that an operator drains go with it, those of the app stay", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  const gone = Promise.withResolvers<void>();
  const pool = noted(trace, "pool", "app");
  const cache = noted(trace, "cache", "worker", {
    create: ({ get }) => get(pool),
    dispose: () => gone.resolve(),
  });
  const task = app.task("t", (_: undefined, context) => cache.of(context));
  await app.start();
  await task.run();
  const channel = openChannel({ address: app.grpcAddress! });
  t.after(() => channel.close());
  const admin = grpcCalls(AdminService, channel);
  const { workers } = await admin.listWorkers({});
  await admin.drainWorker({ sessionId: workers[0]!.sessionId });
  await gone.promise;
  assert.deepEqual(trace, ["+pool 1", "+cache 1", "-cache 1"]);
  await app.stop();
  assert.deepEqual(trace.slice(3), ["-pool 1"]);
});

test("two apps that use one plugin have values of their own", async (t) => {
  const trace: string[] = [];
  const plugin = dependencies();
  const pool = noted(trace, "pool", "app");
  const apps = [memoryApp(t).use(plugin), memoryApp(t).use(plugin)];
  const tasks = apps.map((app) => app.task("t", (_: undefined, context) => pool.of(context)));
  for (const app of apps) await app.start({ server: false });
  assert.deepEqual([await tasks[0]!.run(), await tasks[1]!.run()], ["pool 1", "pool 2"]);
  await apps[0]!.stop();
  assert.deepEqual(trace, ["+pool 1", "+pool 2", "-pool 1"]);
  assert.equal(await tasks[1]!.run(), "pool 2");
});

test("concurrent callers share one making; one that fails is made again for the next", async (t) => {
  let makings = 0;
  const app = appWith(t);
  const pool = dependency({
    name: "pool",
    scope: "app",
    create: async () => {
      await sleep(20);
      if (++makings === 1) throw new Error("not yet");
      return { makings };
    },
  });
  const init = { name: "t", retry: { maxAttempts: 1 } };
  const task = app.task(init, async (_: undefined, context) => {
    const [one, other] = await Promise.all([pool.of(context), pool.of(context)]);
    assert.equal(one, other);
    return one.makings;
  });
  await app.start({ server: false });
  const failed = await Promise.allSettled(Array.from({ length: 10 }, () => task.run()));
  for (const each of failed)
    assert.match(String((each as PromiseRejectedResult).reason), /not yet/);
  assert.equal(makings, 1);
  const made = await Promise.all(Array.from({ length: 10 }, () => task.run()));
  assert.deepEqual(new Set(made), new Set([2]));
});

test("without a dispose, Symbol.asyncDispose or Symbol.dispose of the value is called", async (t) => {
  const trace: string[] = [];
  const app = appWith(t);
  class Later {
    readonly #name = "later";
    async [Symbol.asyncDispose](): Promise<void> {
      await sleep(1);
      trace.push(this.#name);
    }
    [Symbol.dispose](): void {
      trace.push("the lesser of two");
    }
  }
  class Now {
    readonly #name = "now";
    [Symbol.dispose](): void {
      trace.push(this.#name);
    }
  }
  const kept = { [Symbol.dispose]: () => trace.push("not called") };
  const all = [
    dependency({ name: "later", scope: "task", create: () => new Later() }),
    dependency({ name: "now", scope: "task", create: () => new Now() }),
    dependency({ name: "plain", scope: "task", create: () => "nothing to dispose" }),
    dependency({ name: "nothing", scope: "task", create: () => undefined }),
    dependency({
      name: "own",
      scope: "task",
      create: () => kept,
      dispose: () => trace.push("own"),
    }),
  ];
  const task = app.task("t", async (_: undefined, context) => {
    for (const each of all) await each.of(context);
  });
  await app.start({ server: false });
  await task.run();
  assert.deepEqual(trace, ["own", "now", "later"]);
});

test("eager ones are made before they are asked for; one that fails refuses the start", async (t) => {
  const trace: string[] = [];
  const pool = noted(trace, "pool", "app");
  const cache = noted(trace, "cache", "worker");
  const session = noted(trace, "session", "task");
  const app = appWith(t, { eager: [session, pool, cache] });
  const task = app.task("t", () => void trace.push("handler"));
  await app.start({ server: false });
  assert.deepEqual(trace, ["+pool 1", "+cache 1"]);
  await task.run();
  assert.deepEqual(trace.splice(2), ["+session 1", "handler", "-session 1"]);
  await app.stop();
  trace.length = 0;
  const broken = dependency({ name: "broken", scope: "worker", create: () => fail("no disk") });
  const refused = appWith(t, { eager: [pool, broken] });
  refused.task("t", () => 1);
  await assertNoLeaks(async () => {
    await assert.rejects(refused.start({ server: false }), /no disk/);
  });
  assert.deepEqual(trace, ["+pool 2", "-pool 2"]);
});

test("a test puts other values in their place, also where others use them; they are not disposed", async (t) => {
  const trace: string[] = [];
  const pool = noted(trace, "pool", "app");
  const session = noted(trace, "session", "task", {
    create: async ({ get }) => `${trace.push(`with ${await get(pool)}`)}`,
  });
  const app = appWith(t, { override: [pool.as("fake")], eager: [pool] });
  const task = app.task("t", async (_: undefined, context) => [
    await pool.of(context),
    await session.of(context),
  ]);
  await app.start({ server: false });
  assert.deepEqual(await task.run(), ["fake", "session 1"]);
  await app.stop();
  assert.deepEqual(trace, ["with fake", "+session 1", "-session 1"]);
});

test("types: values are known, and what lives longer can't get what lives shorter", () => {
  const pool = dependency({ name: "pool", scope: "app", create: () => ({ connect: () => 1 }) });
  const session = dependency({
    name: "session",
    scope: "task",
    create: async ({ get, context, signal }) => {
      const id: string = context.taskId;
      assert.ok(!signal.aborted);
      return `${id} ${(await get(pool)).connect()}`;
    },
    dispose: (value) => value.length,
  });
  dependency({
    name: "bad",
    scope: "worker",
    create: async ({ get, context }) => {
      const none: undefined = context;
      // @ts-expect-error a value of tasks ends before the worker
      return [none, await get(session)];
    },
  });
  const valueOf = (context: HandlerContext): Promise<string> => session.of(context);
  // @ts-expect-error a pool is no text
  const wrong = (context: HandlerContext): Promise<string> => pool.of(context);
  // @ts-expect-error a session is a text
  session.as(7);
  assert.ok([valueOf, wrong]);
});

function fail(message: string): never {
  throw new Error(message);
}
