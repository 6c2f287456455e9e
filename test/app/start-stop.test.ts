import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { QueueTasks } from "../../src/index.ts";
import { memoryApp, QUIET } from "./memory-app.ts";

const CANCELED = { reason: "CALL_CANCELED" };

test("a start that waits for its server is ended by a stop, also one that had waited for a stop itself", async (t) => {
  // Nobody listens there.
  const app = new QueueTasks({ ...QUIET, server: "127.0.0.1:1" });
  t.after(() => app.stop());
  app.task("t", () => 1);
  const starts: Promise<unknown>[] = [];
  for (let round = 0; round < 2; round++) {
    starts.push(app.start().catch((error: unknown) => error));
    await sleep(20);
    const stopping = app.stop();
    starts.push(app.start().catch((error: unknown) => error));
    await stopping;
    await sleep(20);
    await app.stop();
  }
  for (const started of await Promise.all(starts)) assert.ok(started instanceof Error);
});

test("calls during and after a stop are refused: nothing is opened again before the next start", async (t) => {
  const app = memoryApp(t);
  const trace: string[] = [];
  app.use({
    name: "p",
    start: () => void trace.push("start"),
    stop: () => void trace.push("stop"),
  });
  const task = app.task("t", () => 1);
  await (await app.client()).count();
  const stopping = app.stop();
  const refused = { reason: "SHUTTING_DOWN" };
  await assert.rejects(task.enqueue(), refused);
  await stopping;
  for (const call of [() => task.run(), () => app.client(), () => app.globalConfig()])
    await assert.rejects(call(), refused);
  assert.deepEqual(trace, ["start", "stop"]);
  await app.start({ server: false });
  assert.equal(await task.run(), 1);
});

test("a plugin that does not stop does not hide why the start failed", async (t) => {
  const app = memoryApp(t, { components: { joint: () => Promise.reject(new Error("no disk")) } });
  app.use({ name: "p", stop: () => Promise.reject(new Error("stuck")) });
  await assert.rejects(app.start({ server: false }), /no disk/);
});

test("a plugin that asks for the client as it stops is told why the start failed, and keeps nobody waiting", async (t) => {
  const broken = () => Promise.reject(new Error("no disk"));
  const app = memoryApp(t, { components: { joint: broken } });
  const told: unknown[] = [];
  app.use({
    name: "p",
    stop: async (plugged) =>
      void told.push(await plugged.client().catch((error: unknown) => error)),
  });
  await assert.rejects(app.start({ server: false }), /no disk/);
  await app.stop();
  assert.match(String(told), /no disk/);
});

test("a stop waits for the plugins of a connection that could not be opened, and so does a start", async (t) => {
  let isBroken = true;
  const joint = () => {
    if (isBroken) throw new Error("no disk");
    return new MemoryStorage();
  };
  const app = memoryApp(t, { components: { joint } });
  const task = app.task("t", () => 1);
  const trace: string[] = [];
  const gate = Promise.withResolvers<void>();
  app.use({
    name: "p",
    start: () => void trace.push("start"),
    stop: async () => {
      trace.push("stop");
      await gate.promise;
      trace.push("stopped");
    },
  });
  const refused = assert.rejects(app.client(), /no disk/);
  while (!trace.includes("stop")) await sleep(1);
  const stopped = app.stop().then(() => assert.ok(trace.includes("stopped")));
  await sleep(5);
  isBroken = false;
  const started = app.start({ server: false });
  gate.resolve();
  await Promise.all([refused, stopped, started]);
  assert.deepEqual(trace, ["start", "stop", "stopped", "start"]);
  assert.equal(await task.run(), 1);
});

test("hooks of an app's end are called once for each of its beginnings, when those are over", async (t) => {
  for (const slow of ["app.starting", "app.started"] as const) {
    const trace: string[] = [];
    const gate = Promise.withResolvers<void>();
    const app = memoryApp(t);
    app.use({
      name: "p",
      install: ({ hook }) => {
        for (const point of ["app.starting", "app.started", "app.stopping", "app.stopped"] as const)
          hook(point, async () => {
            if (point === slow) await gate.promise;
            trace.push(point);
          });
      },
    });
    const started = assert.rejects(app.start({ server: false }), CANCELED);
    await sleep(20);
    const stopped = app.stop();
    await sleep(20);
    gate.resolve();
    await Promise.all([started, stopped]);
    const inner = slow === "app.started" ? ["app.started", "app.stopping"] : [];
    assert.deepEqual(trace, ["app.starting", ...inner, "app.stopped"]);
  }
});

test("starts and stops that are asked for at once take their turns, and the last of them counts", async (t) => {
  const trace: string[] = [];
  const app = memoryApp(t);
  app.use({
    name: "p",
    start: () => void trace.push("start"),
    stop: () => void trace.push("stop"),
  });
  const task = app.task("t", (input: number) => input);
  const roles = { server: false };
  await app.start(roles);
  const overtaken = assert.rejects(Promise.all([app.stop(), app.start(roles)]), CANCELED);
  await Promise.all([overtaken, app.stop(), app.start(roles)]);
  assert.equal(await task.run(5), 5);
  const last = assert.rejects(Promise.all([app.stop(), app.start(roles)]), CANCELED);
  await Promise.all([last, app.stop()]);
  await assert.rejects(app.client(), { reason: "SHUTTING_DOWN" });
  assert.equal(trace.at(-1), "stop");
  assert.equal(trace.filter((step) => step === "start").length * 2, trace.length);
});

test("an app that runs can't be started with other roles; those that are left out are the ones that it has", async (t) => {
  const app = memoryApp(t, { http: false });
  const refused = (roles: object, message: string) =>
    assert.rejects(app.start(roles), { reason: "CONFIG_INVALID", message });
  const starting = app.start({ server: false });
  const other =
    "server: the app runs without its server: stop it before it is started with other roles";
  // Also while it only starts.
  await refused({ server: true }, other);
  await starting;
  await refused({ server: true, worker: true }, other);
  await refused({ worker: false }, other.replaceAll("server", "worker").replace("without", "with"));
  await assert.rejects(app.start({ srever: false } as object), /srever/);
  await app.start();
  await app.start({ server: false, worker: true });
  assert.equal(app.grpcAddress, undefined);
  await app.stop();
  await app.start({ worker: false });
  assert.ok(app.grpcAddress);
});

test("of starts that are asked for at once one with roles that there are not fails alone", async (t) => {
  const app = memoryApp(t);
  const task = app.task("t", () => 1);
  const refused = assert.rejects(app.start({ srever: false } as object), /srever/);
  await Promise.all([refused, app.start({ server: false })]);
  assert.equal(await task.run(), 1);
});

test("after a stop that failed the next start goes by its own roles", async (t) => {
  let isStuck = true;
  const app = memoryApp(t, { http: false });
  app.use({ name: "p", stop: () => (isStuck ? Promise.reject(new Error("stuck")) : undefined) });
  await app.start({ worker: false });
  await assert.rejects(app.stop(), /not everything stopped cleanly/);
  isStuck = false;
  await app.start({ server: false });
  assert.equal(app.grpcAddress, undefined);
});
