import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { QueueTasks, strictOrder } from "../../src/index.ts";

test("an app's worker takes by the strategy that the app was given", async (t) => {
  const app = new QueueTasks({
    url: "memory:",
    grpc: false,
    http: false,
    slots: 1,
    queues: ["low", "critical"],
    queueStrategy: strictOrder("critical"),
    logger: pino({ level: "silent" }),
    env: {},
    configFile: false,
  });
  t.after(() => app.stop());
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
  assert.deepEqual(order, ["low", "critical", "critical", "low", "low"]);
});
