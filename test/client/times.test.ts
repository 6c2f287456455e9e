/** Times and ids that a client is given, and what becomes of calls that are cut short. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { GetTaskResponseSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { TaskClient } from "../../src/client/client.ts";
import { connect } from "../../src/client/connect.ts";
import { taskIds } from "../../src/client/task-ids.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { MAX_TIMER_MS } from "../../src/core/max-timer.ts";
import { memoryApp } from "../app/memory-app.ts";
import { refused, untyped } from "../support/refused.ts";
import { FakeTasks } from "./fake-tasks.ts";
import { localCalls } from "./local-calls.ts";
import { everyWay } from "./setup.ts";

everyWay("a deadline that is no number is refused before the call", async ({ client }) => {
  for (const [timeoutMs, got] of [
    [NaN, "NaN"],
    ["5000", "5000"],
  ]) {
    const options = untyped<{ timeoutMs: number }>({ timeoutMs });
    const message = `timeoutMs: expected a number of ms, not ${got}`;
    for (const call of [
      () => client.get("t", options),
      () => client.cancel("t", options),
      () => client.retry("t", options),
    ])
      await assert.rejects(call(), refused(message, "FIELD_VIOLATION"));
  }
});

test("a client is not made with times that are no numbers", () => {
  const cases: [() => unknown, string][] = [
    [() => connect({ patienceMs: NaN }), "patienceMs: expected a number of ms, not NaN"],
    [() => connect({ timeoutMs: untyped("1s") }), "timeoutMs: expected a number of ms, not 1s"],
    [() => taskIds({ patienceMs: NaN }), "patienceMs: expected a number of ms, not NaN"],
  ];
  for (const [make, message] of cases) assert.throws(make, refused(message, "FIELD_VIOLATION"));
});

test("a deadline that no timer can wait for is none", async () => {
  const fake = new FakeTasks();
  const task = fake.put({ taskId: "t" });
  const deadlines: unknown[] = [];
  const calls = {
    ...localCalls(fake.functions),
    getTask: async (_: unknown, { timeoutMs }: { timeoutMs?: number } = {}) => {
      deadlines.push(timeoutMs);
      return create(GetTaskResponseSchema, { task });
    },
  };
  const [client, patient] = [new TaskClient(calls), new TaskClient(calls, { timeoutMs: Infinity })];
  for (const timeoutMs of [Infinity, 3e9, MAX_TIMER_MS]) await client.get("t", { timeoutMs });
  await patient.get("t");
  assert.deepEqual(deadlines, [undefined, undefined, MAX_TIMER_MS, undefined]);
});

everyWay("an id that is no text is refused, whatever is asked for", async ({ client, fake }) => {
  const asked = (id: string): (() => unknown)[] => [
    () => client.get(id),
    () => client.await(id),
    () => client.await(id, { timeoutMs: 0 }),
    () => client.cancel(id),
    () => client.retry(id),
    () => client.reschedule(id, { delayMs: 1 }),
    () => client.delete(id),
    () => client.watch(id).next(),
    () => client.events(id).next(),
  ];
  for (const [id, type] of [
    [undefined, "undefined"],
    [5, "number"],
  ])
    for (const call of asked(untyped(id)))
      await assert.rejects(
        async () => call(),
        refused(`taskId: expected a text, not ${type}`, "FIELD_VIOLATION"),
      );
  assert.deepEqual(fake.seen.awaits, []);
});

test("a run without a limit goes on where its call was cut", async () => {
  const fake = new FakeTasks();
  const cut = new QTasksError("STILL_RUNNING", "a proxy has cut the call");
  const calls = { ...localCalls(fake.functions), runTask: () => Promise.reject(cut) };
  const client = new TaskClient(calls);
  const run = client.run("it", 1);
  await sleep(20);
  const [request] = fake.requests;
  fake.succeed(request!.taskId, "done");
  assert.equal(await run, "done");
  await assert.rejects(client.run("it", 1, { timeoutMs: 20 }), {
    reason: "STILL_RUNNING",
    message: /has not ended after 20 ms/,
  });
});

test("a run whose time is over before it begins says so", async (t) => {
  const app = memoryApp(t);
  const slow = app.task("slow", () => sleep(200));
  await app.start({ server: false });
  await assert.rejects(slow.run(undefined, { timeoutMs: -5 }), { reason: "STILL_RUNNING" });
});
