import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { Router, type Plugin, type PluginScope } from "../../src/index.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { memoryApp } from "../app/memory-app.ts";
import { invalid } from "./invalid.ts";

/** Notes its start and stop. */
function noted(trace: string[], name: string, more: Partial<Plugin> = {}): Plugin {
  return {
    name,
    start: () => void trace.push(`start ${name}`),
    stop: () => void trace.push(`stop ${name}`),
    ...more,
  };
}

test("they start in order before the app and stop in reverse after it, again at each start", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  app.use(noted(trace, "a", { after: ["b"] }));
  app.use(noted(trace, "b"));
  app.use(noted(trace, "c", { before: ["b", "not there"] }));
  app.use({
    name: "life",
    install: ({ hook }) => {
      hook("app.starting", () => void trace.push("starting"));
      hook("app.started", ({ grpcAddress }) => void trace.push(`started ${typeof grpcAddress}`));
      hook("app.stopping", () => void trace.push("stopping"));
      hook("app.stopped", () => void trace.push("stopped"));
    },
  });
  const started = ["start c", "start b", "start a", "starting", "started string"];
  const stopped = ["stopping", "stopped", "stop a", "stop b", "stop c"];
  const once = [...started, ...stopped];
  for (let round = 1; round <= 2; round++) {
    await app.start({ worker: false });
    await app.stop();
    assert.deepEqual(trace.splice(0), once);
  }
});

test("they start before the connection is opened and stop after it was closed, also where it can't be opened", async (t) => {
  const trace: string[] = [];
  class Noted extends MemoryStorage {
    override async stop(): Promise<void> {
      await super.stop();
      trace.push("closed");
    }
  }
  const joint = (): MemoryStorage => {
    trace.push("open");
    return new Noted();
  };
  const app = memoryApp(t, { components: { joint } }).use(noted(trace, "a"));
  await app.start({ server: false });
  await app.stop();
  assert.deepEqual(trace.splice(0), ["start a", "open", "closed", "stop a"]);
  const broken = () => Promise.reject(new Error("no disk"));
  const refused = memoryApp(t, { components: { joint: broken } }).use(noted(trace, "a"));
  await assert.rejects(refused.start({ server: false }), /no disk/);
  assert.deepEqual(trace, ["start a", "stop a"]);
});

test("a client alone starts them too", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  app.use(noted(trace, "a"));
  await app.client();
  assert.deepEqual(trace, ["start a"]);
  await app.stop();
  assert.deepEqual(trace, ["start a", "stop a"]);
});

test("one that can't start fails the start, and what was started is stopped", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  app.use(noted(trace, "a"));
  app.use(noted(trace, "b", { start: () => Promise.reject(new Error("no disk")) }));
  app.use(noted(trace, "c"));
  await assertNoLeaks(async () => {
    await assert.rejects(app.start(), /no disk/);
    await app.stop();
  });
  assert.deepEqual(trace, ["start a", "stop b", "stop a"]);
});

test("two of one name, and an order that can't be, are refused", async (t) => {
  const twins = memoryApp(t);
  twins.use({ name: "twin" }).use({ name: "twin" });
  await assert.rejects(twins.start(), invalid(/two plugins are named twin/));
  const circle = memoryApp(t);
  circle.use({ name: "a", before: ["b"] }).use({ name: "b", before: ["a"] });
  await assert.rejects(circle.start(), invalid(/a, b can't be put in order/));
});

test("what is neither a middleware nor a plugin is refused where it is used", (t) => {
  for (const use of [undefined, null, "trace", {}, { name: "" }] as unknown as Plugin[]) {
    const app = memoryApp(t);
    assert.throws(() => app.use(use), invalid(/^app\.use: expected a middleware, or a plugin/));
    assert.throws(() => new Router().use(use), invalid(/^router\.use: expected a middleware/));
    const task = () => app.task({ name: "t", use: [use] }, () => 1);
    assert.throws(task, invalid(/^task t: use: expected a middleware, or a plugin/));
  }
});

test("what a plugin can't do is refused by name", async (t) => {
  const cases: [Plugin, RegExp, boolean][] = [
    [
      { name: "p", install: ({ hook }) => hook("app.nothing" as "app.task", (event) => event) },
      /plugin p: there is no point app.nothing/,
      true,
    ],
    [
      { name: "p", install: ({ hook }) => hook("server.call", () => undefined) },
      /plugin p: server.call knows no task: use the plugin by app.use/,
      false,
    ],
    [
      {
        name: "p",
        install: ({ route }) =>
          route({ path: "metrics", handle: () => ({ contentType: "text/plain", body: "" }) }),
      },
      /a path begins with \/; got metrics/,
      true,
    ],
    [
      {
        name: "p",
        install: ({ route }) =>
          route({ path: "/p", handle: () => ({ contentType: "text/plain", body: "" }) }),
      },
      /plugin p: \/p is for no task: use the plugin by app.use/,
      false,
    ],
  ];
  for (const [plugin, message, whole] of cases) {
    const app = memoryApp(t);
    if (whole) app.use(plugin);
    else app.task({ name: "t", use: [plugin] }, () => 1);
    await assert.rejects(app.start({ server: false }), invalid(message));
  }
});

test("one that installs what is no function, or later than at once, is refused: it would be left out", async (t) => {
  const cases: [NonNullable<Plugin["install"]>, RegExp][] = [
    [
      ({ hook }) => hook("app.encode", 5 as never),
      /plugin p: a hook at app.encode: expected a function; got number/,
    ],
    [
      ({ middleware }) => middleware(undefined as never),
      /a middleware: expected a function; got undefined/,
    ],
    [
      ({ route }) => route({ path: "/p" } as never),
      /the page \/p: expected a function; got undefined/,
    ],
    [async ({ hook }) => hook("app.stopped", () => undefined), /install\(\) gave a promise/],
    [() => Promise.reject(new Error("nobody waits for it")) as never, /install\(\) gave a promise/],
  ];
  for (const [install, message] of cases) {
    const app = memoryApp(t).use({ name: "p", install });
    await assert.rejects(app.start({ server: false }), invalid(message));
  }
  let late: PluginScope | undefined;
  const app = memoryApp(t).use({
    name: "p",
    install: (scope) => void (late = scope),
    start: () => late!.hook("app.encode", (event) => event),
  });
  await assert.rejects(app.start({ server: false }), invalid(/app.encode comes too late/));
});

test("one whose components leave out the server serves no page", async (t) => {
  for (const components of [["server"], ["worker"]] as const) {
    const route = { path: "/p", handle: () => ({ contentType: "text/plain", body: "p" }) };
    const app = memoryApp(t).use(
      { name: "p", install: (scope) => scope.route(route) },
      { components },
    );
    await app.start({ worker: false });
    const { status } = await fetch(`http://${app.httpAddress}/p`);
    assert.equal(status, components[0] === "server" ? 200 : 404);
  }
});

test("one that asks for the connection before it is open is refused, not left waiting", async (t) => {
  const asks: Partial<Plugin>[] = [
    { start: async (app) => void (await app.client()) },
    { start: async (app) => void (await app.globalConfig()) },
  ];
  for (const ask of asks) {
    const app = memoryApp(t);
    app.use({ name: "p", ...ask });
    await assert.rejects(app.start({ server: false }), invalid(/once all plugins have started/));
  }
  const app = memoryApp(t);
  let seen: unknown;
  const plugin: Plugin = {
    name: "p",
    install: ({ app: own, hook }) =>
      hook("app.starting", async () => void (seen = await own.globalConfig())),
  };
  app.use(plugin);
  await app.start({ server: false });
  assert.equal(typeof seen, "object");
});

test("one that asks the app itself for the connection in its start finds it under way", async (t) => {
  const app = memoryApp(t);
  const { promise: seen, resolve } = Promise.withResolvers<unknown>();
  let starts = 0;
  app.use({
    name: "p",
    start: () => {
      starts++;
      // Not awaited: it comes once all plugins have started.
      void app.client().then(resolve);
    },
  });
  const client = await app.client();
  assert.equal(await seen, client);
  assert.equal(starts, 1);
});

test("an installation that fails leaves nothing behind, and can be repeated", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  let works = false;
  app.use({
    name: "first",
    install: ({ hook, middleware, route }) => {
      hook("worker.attemptStarted", () => void trace.push("hook"));
      middleware((_, next) => {
        trace.push("middleware");
        return next();
      });
      route({ path: "/x", handle: () => ({ contentType: "text/plain", body: "" }) });
    },
  });
  app.use({
    name: "second",
    install: () => {
      if (!works) throw new Error("not yet");
    },
  });
  const task = app.task("t", () => 1);
  await assert.rejects(app.start({ server: false }), /not yet/);
  works = true;
  await app.start({ server: false });
  await task.run();
  assert.deepEqual(trace, ["hook", "middleware"]);
});

test("middlewares of plugins are in the declared order too, wherever they are used", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  const wrapping = (name: string, more: Partial<Plugin> = {}): Plugin => ({
    name,
    ...more,
    install: ({ middleware }) =>
      middleware((_, next) => {
        trace.push(name);
        return next();
      }),
  });
  app.use(wrapping("b", { after: ["a"] }));
  const router = new Router().use(wrapping("a"));
  const task = router.task("t", () => 1);
  app.includeRouter(router);
  await app.start({ server: false });
  await task.run();
  assert.deepEqual(trace, ["a", "b"]);
});

test("a worker's start and end are told, and waited for; what fails the start is told of its end too", async (t) => {
  const trace: string[] = [];
  const plugin = (refuse: boolean): Plugin => ({
    name: "listener",
    install: ({ hook }) => {
      hook("worker.starting", async ({ workerId }) => {
        await sleep(5);
        trace.push(`starting ${workerId}`);
        if (refuse) throw new Error("not here");
      });
      hook("worker.stopped", async ({ workerId }) => {
        await sleep(5);
        trace.push(`stopped ${workerId}`);
      });
    },
  });
  const app = memoryApp(t, { workerId: "w" }).use(plugin(false));
  const task = app.task("t", () => void trace.push("handler"));
  await app.start({ server: false });
  await task.run();
  await app.stop();
  assert.deepEqual(trace.splice(0), ["starting w", "handler", "stopped w"]);
  const refused = memoryApp(t, { workerId: "w" }).use(plugin(true));
  refused.task("t", () => 1);
  await assert.rejects(refused.start({ server: false }), /not here/);
  assert.deepEqual(trace, ["starting w", "stopped w"]);
});
