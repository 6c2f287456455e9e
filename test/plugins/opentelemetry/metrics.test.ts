import assert from "node:assert/strict";
import { test } from "node:test";
import type { Histogram } from "@opentelemetry/sdk-metrics";
import { TerminalError } from "../../../src/index.ts";
import { tracedApp } from "./traced-app.ts";

test("enqueues and attempts are counted and timed, by task, queue and result", async (t) => {
  const { app, metricsOf } = tracedApp(t);
  app.task({ name: "good", queue: "q" }, () => 1);
  app.task({ name: "bad", queue: "q" }, () => {
    throw new TerminalError("no");
  });
  await app.start({ server: false });
  const client = await app.client();
  await Promise.all(Array.from({ length: 7 }, () => client.run("good", undefined, { queue: "q" })));
  const bad = await client.enqueue("bad");
  await bad.done();
  await assert.rejects(client.enqueue("good", undefined, { queue: "no spaces" }));

  const sent = await metricsOf("messaging.client.sent.messages");
  const system = { "messaging.system": "qtasks" };
  const operation = { ...system, "messaging.operation.type": "send" };
  const counts = sent.map(({ attributes, value }) => [attributes, value]);
  const enqueue = { ...operation, "messaging.operation.name": "enqueue" };
  assert.deepEqual(counts, [
    [
      {
        ...operation,
        "messaging.operation.name": "run",
        "messaging.qtasks.task": "good",
        "messaging.destination.name": "q",
      },
      7,
    ],
    [{ ...enqueue, "messaging.qtasks.task": "bad" }, 1],
    [
      {
        ...enqueue,
        "messaging.qtasks.task": "good",
        "messaging.destination.name": "no spaces",
        "error.type": "FIELD_VIOLATION",
      },
      1,
    ],
  ]);

  const process = {
    ...system,
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.destination.name": "q",
  };
  const success = {
    ...process,
    "messaging.qtasks.task": "good",
    "messaging.qtasks.result": "success",
  };
  const failure = {
    ...process,
    "messaging.qtasks.task": "bad",
    "messaging.qtasks.result": "failure",
    "error.type": "failure",
  };
  const attempts = await metricsOf("messaging.client.consumed.messages");
  assert.deepEqual(
    attempts.map(({ attributes, value }) => [attributes, value]),
    [
      [success, 7],
      [failure, 1],
    ],
  );
  const durations = await metricsOf("messaging.process.duration");
  const [first] = durations.map(({ value }) => value as Histogram);
  assert.equal(first!.count, 7);
  assert.ok(first!.sum! > 0 && first!.sum! < 30, `seconds: ${first!.sum}`);
  assert.deepEqual(first!.buckets.boundaries.slice(0, 2), [0.005, 0.01]);
  const sends = await metricsOf("messaging.client.operation.duration");
  assert.equal(sends.length, 3);
});
