import assert from "node:assert/strict";
import { test } from "node:test";
import {
  contextKey,
  QTasksError,
  Router,
  TaskFailedError,
  TerminalError,
  type Middleware,
} from "../../src/index.ts";
import { Registry } from "../../src/worker/registration.ts";
import { memoryApp } from "./memory-app.ts";

/** Notes when it is entered and left. */
function tracer(trace: string[], name: string): Middleware {
  return async (_, next) => {
    trace.push(`${name}>`);
    try {
      return await next();
    } finally {
      trace.push(`<${name}`);
    }
  };
}

test("those of the app are outermost, then routers from outer to inner, then the task's", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  const inner = new Router({ prefix: "b." }).use(tracer(trace, "inner"));
  const outer = new Router({ prefix: "a." }).use(tracer(trace, "outer"));
  const init = { name: "c", use: [tracer(trace, "task"), tracer(trace, "task 2")] };
  const task = inner.task(init, () => void trace.push("handler"));
  outer.includeRouter(inner);
  app.includeRouter(outer);
  // After the tasks are defined: what counts is the start.
  app.use(tracer(trace, "app"));
  await app.start({ server: false });
  await task.run();
  const names = ["app", "outer", "inner", "task", "task 2"];
  const ways = [...names.map((name) => `${name}>`), "handler"];
  assert.deepEqual(trace, [...ways, ...names.toReversed().map((name) => `<${name}`)]);
});

test("they replace input and result, and see outputs recorded", async (t) => {
  const app = memoryApp(t);
  app.use(async (_, next, input) => `${String(await next(Number(input) * 2))}!`);
  const double = app.task("double", (input: number) => `got ${input}`);
  const count = app.task("count", async function* (to: number) {
    for (let n = 0; n < to; n++) yield n;
    return "done";
  });
  await app.start({ server: false });
  assert.equal(await double.run(21), "got 42!");
  const handle = await count.enqueue(2);
  assert.equal(await handle.result(), "done!");
  const outputs = [];
  for await (const { event } of handle.events())
    if (event.case === "output") outputs.push(event.value.body.value);
  assert.deepEqual(outputs, ["0", "1", "2", "3"]);
});

test("without next the handler never runs; what one throws ends the attempt", async (t) => {
  const app = memoryApp(t);
  let ran = 0;
  app.use((context, next) => {
    if (context.headers["role"] === "cached") return "from the cache";
    if (context.headers["role"] !== "admin") throw new TerminalError("not for you");
    return next();
  });
  const task = app.task("guarded", () => {
    ran++;
    return "ran";
  });
  await app.start({ server: false });
  assert.equal(await task.run(undefined, { headers: { role: "cached" } }), "from the cache");
  await assert.rejects(task.run(), (error: unknown) => {
    assert.ok(error instanceof TaskFailedError);
    return /not for you/.test(error.message);
  });
  assert.equal(ran, 0);
  assert.equal(await task.run(undefined, { headers: { role: "admin" } }), "ran");
});

test("a second next() fails the attempt, and the handler runs once", async (t) => {
  const app = memoryApp(t);
  let ran = 0;
  app.use(async (_, next) => {
    await next();
    return next();
  });
  const task = app.task({ name: "once", retry: { maxAttempts: 1 } }, () => void ran++);
  await app.start({ server: false });
  await assert.rejects(task.run(), /a middleware of once called next\(\) twice/);
  assert.equal(ran, 1);
});

test("values pass from a middleware to the handler, by a key that knows their type", async (t) => {
  const app = memoryApp(t);
  const user = contextKey<string>("user");
  const role = contextKey("role", "guest");
  app.use((context, next) => {
    context.values.set(user, `user of ${context.taskId}`);
    return next();
  });
  const whoami = app.task("whoami", (_: undefined, { values }) => [
    values.get(user),
    values.get(role),
  ]);
  await app.start({ server: false });
  const handle = await whoami.enqueue();
  assert.deepEqual(await handle.result(), [`user of ${handle.id}`, "guest"]);
});

test("values are of one attempt: the next one, and other tasks, have none of them", async (t) => {
  const app = memoryApp(t);
  const seen = contextKey("seen", "nothing");
  const note = app.task(
    { name: "note", retry: { maxAttempts: 2, initialBackoffMs: 1 } },
    (_: undefined, { attempt, values }) => {
      const before = values.get(seen);
      values.set(seen, "something");
      if (attempt === 1) throw new Error("once more");
      return before;
    },
  );
  await app.start({ server: false });
  assert.equal(await note.run(), "nothing");
  assert.equal(await note.run(), "nothing");
});

test("those of tasks that come while the app runs are used too, but none can be added to what runs", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  const first = new Router();
  first.task("first", () => 1);
  app.includeRouter(first);
  await app.start({ server: false });
  const late = new Router().use(tracer(trace, "late"));
  const task = late.task("second", () => 2);
  app.includeRouter(late);
  assert.equal(await task.run(), 2);
  assert.deepEqual(trace, ["late>", "<late"]);
  const refused = (error: unknown) =>
    error instanceof QTasksError &&
    error.reason === "CONFIG_INVALID" &&
    /use plugins and middlewares before/.test(error.message);
  for (const target of [app, first, late])
    assert.throws(() => target.use(tracer(trace, "too late")), refused);
});

test("middlewares are made one function when their task is registered; without them there is none", () => {
  const registry = new Registry();
  let reads = 0;
  const wrapped = {
    definition: { name: "wrapped" },
    handler: () => 1,
    get middlewares() {
      reads++;
      return [(_: unknown, next: () => Promise<unknown>) => next()];
    },
  };
  registry.add(wrapped);
  registry.add({ definition: { name: "plain" }, handler: () => 1 });
  const before = reads;
  const { around } = registry.get("wrapped")!;
  assert.equal(typeof around, "function");
  assert.equal(registry.get("wrapped")!.around, around);
  assert.equal(reads, before);
  assert.equal(registry.get("plain")!.around, undefined);
});
