import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
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
