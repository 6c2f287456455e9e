import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { QueueTasks, strictOrder, weighted, type QueueTasksOptions } from "../../src/index.ts";

function appOf(t: TestContext, options: QueueTasksOptions): QueueTasks {
  const logger = pino({ level: "silent" });
  const app = new QueueTasks({ http: false, logger, env: {}, configFile: false, ...options });
  t.after(() => app.stop());
  return app;
}

const WORKER: QueueTasksOptions = {
  slots: 1,
  queues: ["low", "critical"],
  queueStrategy: strictOrder("critical"),
};

/** Enqueues while the one slot is taken, and gives the order in which the worker took its tasks. */
async function orderOf(app: QueueTasks): Promise<readonly string[]> {
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const work = app.task("work", async (isFirst: boolean, { queue }) => {
    order.push(queue);
    first.resolve();
    if (isFirst) await gate.promise;
  });
  await app.start();
  const handles = [await work.enqueue(true, { queue: "low" })];
  await first.promise;
  for (const queue of ["low", "critical", "low", "critical"])
    handles.push(await work.enqueue(false, { queue }));
  gate.resolve();
  await Promise.all(handles.map((handle) => handle.result({ timeoutMs: 10_000 })));
  return order;
}

const EXPECTED = ["low", "critical", "critical", "low", "low"];

test("an app's worker takes by the strategy that the app was given", async (t) => {
  const app = appOf(t, { url: "memory:", grpc: false, ...WORKER });
  assert.deepEqual(await orderOf(app), EXPECTED);
});

test("so does the worker of a server elsewhere", async (t) => {
  const server = appOf(t, { url: "memory:", grpc: "127.0.0.1:0" });
  await server.start({ worker: false });
  assert.deepEqual(await orderOf(appOf(t, { server: server.grpcAddress, ...WORKER })), EXPECTED);
});

test("a strategy that names queues which the worker does not take from is warned of at the start", async (t) => {
  const lines: { readonly level: number; readonly msg: string; readonly unknown?: object }[] = [];
  const write = (line: string) => lines.push(JSON.parse(line) as (typeof lines)[0]);
  const logger = pino({ level: "warn" }, { write });
  const cases: readonly (readonly [QueueTasksOptions, object | undefined])[] = [
    [{ queueStrategy: strictOrder("mail", "criticl", "default") }, ["criticl"]],
    [{ queueStrategy: weighted({ critical: 2, mails: 1 }) }, ["critical", "mails"]],
    [{ queueStrategy: weighted({ low: 2 }), queues: ["mail", "default", "low"] }, undefined],
    [{ queueStrategy: weighted({ mail: 2 }) }, undefined],
    [{ queueStrategy: { choose: () => [] } }, undefined],
    [{}, undefined],
  ];
  for (const [options, unknown] of cases) {
    const app = appOf(t, { url: "memory:", grpc: false, logger, ...options });
    app.task("add", () => 1);
    app.task({ name: "mail.send", queue: "mail" }, () => 1);
    await app.start();
    const found = lines.splice(0).map((line) => [line.msg, line.unknown]);
    const expected = "the option queueStrategy names queues that this worker does not take from";
    assert.deepEqual(found, unknown === undefined ? [] : [[expected, unknown]]);
  }
});
