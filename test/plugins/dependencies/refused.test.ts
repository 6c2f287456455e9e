import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleHandler, QTasksError, Router, threads } from "../../../src/index.ts";
import {
  dependencies,
  dependency,
  type AnyDependency,
  type Dependency,
  type DependenciesOptions,
  type DependencyInit,
} from "../../../src/plugins/dependencies/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import type * as InThread from "./in-thread.ts";
import { appWith, noted } from "./setup.ts";

function invalid(pattern: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof QTasksError, String(error));
    assert.equal(error.reason, "CONFIG_INVALID");
    assert.match(error.message, pattern);
    return true;
  };
}

const ONCE = { retry: { maxAttempts: 1 } };

test("a value that lives longer can't use one that ends before it: both are named", async (t) => {
  const session = noted([], "session", "task");
  const cache = noted([], "cache", "worker");
  const cases: [AnyDependency, RegExp][] = [
    [using("pool", "app", session), /pool of the scope app can't use session of the scope task/],
    [using("pool", "app", cache), /pool of the scope app can't use cache of the scope worker/],
    [
      using("lru", "worker", session),
      /lru of the scope worker can't use session of the scope task/,
    ],
  ];
  const app = appWith(t);
  const task = app.task({ name: "t", ...ONCE }, async (at: number, context) => {
    await assert.rejects(cases[at]![0].of(context), invalid(cases[at]![1]));
    return "checked";
  });
  await app.start({ server: false });
  for (const at of cases.keys()) assert.equal(await task.run(at), "checked");
});

/** The types refuse this; programs in JavaScript have none. */
function using(name: string, scope: "app" | "worker", other: AnyDependency): AnyDependency {
  return dependency({ name, scope, create: ({ get }) => get(other as never) });
}

test("those that wait for each other are named, also when two callers begin at both ends", async (t) => {
  const late: { a?: Dependency<string>; c?: Dependency<string> } = {};
  const a: Dependency<string, "task"> = noted([], "a", "task", { create: ({ get }) => get(b) });
  const b: Dependency<string, "task"> = noted([], "b", "task", {
    create: ({ get }) => get(late.c!),
  });
  late.c = noted([], "c", "task", { create: ({ get }) => get(late.a!) });
  late.a = a;
  const self: Dependency<string, "task"> = noted([], "self", "task", {
    create: ({ get }) => get(self),
  });
  const app = appWith(t);
  const task = app.task({ name: "t", ...ONCE }, async (_: undefined, context) => {
    await assert.rejects(self.of(context), invalid(/wait for each other: self → self$/));
    await assert.rejects(a.of(context), invalid(/wait for each other: c → a → b → c$/));
    const both = await Promise.allSettled([a.of(context), late.c!.of(context)]);
    for (const each of both) {
      assert.equal(each.status, "rejected");
      assert.match(String(each.reason), /wait for each other: . → . → . → .$/);
    }
    return "checked";
  });
  await app.start({ server: false });
  assert.equal(await task.run(), "checked");
});

test("without the plugin, and in a thread, it is said what is missing", async (t) => {
  const pool = noted([], "pool", "app");
  const plain = memoryApp(t);
  const task = plain.task({ name: "plain", ...ONCE }, async (_: undefined, context) => {
    await assert.rejects(
      pool.of(context),
      invalid(/pool can't be reached by the task plain: its app has no plugin dependencies\(\)/),
    );
    return "checked";
  });
  await plain.start({ server: false });
  assert.equal(await task.run(), "checked");
  const app = appWith(t);
  const url = new URL("./in-thread.ts", import.meta.url);
  const inThread = app.task(
    { name: "far", executor: threads({ maxThreads: 1 }), ...ONCE },
    moduleHandler<typeof InThread, "needsPool">(url, "needsPool"),
  );
  await app.start({ server: false });
  assert.match(
    await inThread.run(),
    /^CONFIG_INVALID: .*pool can't be reached by the task far: .*its handler runs in a thread/,
  );
});

test("it is the app's: a router's and a task's use is refused", async (t) => {
  const app = memoryApp(t);
  const router = new Router().use(dependencies());
  router.task("t", () => 1);
  app.includeRouter(router);
  await assert.rejects(
    app.start({ server: false }),
    invalid(/plugin dependencies: .* use the plugin by app.use\(\)/),
  );
});

test("options that make no sense are refused by name", () => {
  const create = (): number => 1;
  const inits: [unknown, RegExp][] = [
    [{ name: "", scope: "app", create }, /name: expected a text; got ""/],
    [
      { name: "x", scope: "process", create },
      /x: scope: expected one of app, worker, task; got "process"/,
    ],
    [{ name: "x", scope: "app" }, /x: create: expected a function; got undefined/],
    [
      { name: "x", scope: "app", create, dispose: 1 },
      /x: dispose: expected a function; got number/,
    ],
  ];
  for (const [init, message] of inits)
    assert.throws(() => dependency(init as DependencyInit<number, "app">), invalid(message));
  const pool = noted([], "pool", "app");
  const options: [unknown, RegExp][] = [
    [{ disposeTimeoutMs: 0 }, /disposeTimeoutMs must be a whole number from 1 to \d+; got 0/],
    [{ eager: ["pool"] }, /eager: expected dependencies; got string/],
    [{ override: [pool] }, /override: expected what dependency.as\(\) gives; got undefined/],
    [{ override: [pool.as("a"), pool.as("b")] }, /override: pool is there twice/],
  ];
  for (const [option, message] of options)
    assert.throws(() => dependencies(option as DependenciesOptions), invalid(message));
});
