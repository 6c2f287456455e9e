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

for (const reason of ["STILL_RUNNING", "CALL_CANCELED"] as const)
  test(`enqueues and awaits go on where their calls were cut as ${reason}`, async () => {
    const fake = new FakeTasks();
    const calls = localCalls(fake.functions);
    const once = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) => {
      let cuts = 1;
      return (...args: Args): Promise<T> =>
        cuts-- > 0 ? Promise.reject(new QTasksError(reason, "cut")) : call(...args);
    };
    const client = new TaskClient({
      ...calls,
      batchEnqueueTasks: once(calls.batchEnqueueTasks),
      batchAwaitTasks: once(calls.batchAwaitTasks),
    });
    const handle = await client.enqueue("it", 1);
    assert.equal(fake.requests.length, 1);
    const result = handle.result({ timeoutMs: 5_000 });
    await sleep(20);
    fake.succeed(handle.id, "done");
    assert.equal(await result, "done");
  });

test("what a closed client's calls end with is thrown at once", async () => {
  const closed = new QTasksError("CALL_CANCELED", "closed");
  const ended = () => Promise.reject(closed);
  const calls = localCalls(new FakeTasks().functions);
  const cut = { batchEnqueueTasks: ended, batchAwaitTasks: ended, runTask: ended };
  const client = new TaskClient({ ...calls, ...cut });
  client.close();
  for (const call of [() => client.enqueue("it"), () => client.await("id"), () => client.run("it")])
    await assert.rejects(call, { reason: "CALL_CANCELED" });
});

test("an enqueue whose calls are all cut says so once its patience is over", async () => {
  const cut = new QTasksError("STILL_RUNNING", "Deadline exceeded");
  const calls = {
    ...localCalls(new FakeTasks().functions),
    batchEnqueueTasks: () => Promise.reject(cut),
  };
  const client = new TaskClient(calls, { patienceMs: 150 });
  await assert.rejects(client.enqueue("it"), {
    reason: "SERVER_UNREACHABLE",
    message: "the call was cut before its answer: Deadline exceeded",
  });
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
