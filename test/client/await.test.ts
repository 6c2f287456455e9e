import assert from "node:assert/strict";
import { test } from "node:test";

import { FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError, type Reason } from "../../src/core/errors.ts";
import { TaskFailedError } from "../../src/client/task-failed-error.ts";
import { everyWay } from "./setup.ts";

function because(reason: Reason) {
  return (error: unknown) => error instanceof QTasksError && error.reason === reason;
}

everyWay("result is the decoded value, whenever the task ends", async ({ client, fake }) => {
  const handle = await client.enqueue<{ sum: number }>("a");
  const early = handle.result();
  await fake.when(() => fake.tasks.has(handle.id));
  fake.succeed(handle.id, { sum: 3 });
  assert.deepEqual(await early, { sum: 3 });
  assert.deepEqual(await client.handle(handle.id).result(), { sum: 3 });
});

everyWay("a task without a result gives null", async ({ client, fake }) => {
  fake.put({ taskId: "t", state: TaskState.SUCCEEDED });
  assert.equal(await client.handle("t").result(), null);
});

everyWay("run enqueues and waits", async ({ client, fake }) => {
  const result = client.run<number>("double", 21, { taskId: "t", timeoutMs: 60_000 });
  await fake.when(() => fake.tasks.has("t"));
  fake.succeed("t", 42);
  assert.equal(await result, 42);
});

everyWay("one run at a time is one call, many at once are gathered", async ({ client, fake }) => {
  const ids = ["a", "b", "c"];
  const results = ids.map((taskId) => client.run<string>("echo", taskId, { taskId }));
  await fake.when(() => fake.tasks.size === ids.length);
  for (const id of ids) fake.succeed(id, id);
  assert.deepEqual(await Promise.all(results), ids);
  assert.equal(fake.seen.runs, 1);
  assert.deepEqual(fake.seen.enqueues, [2]);
});

everyWay("a run that fails or takes too long says so", async ({ client, fake }) => {
  const failing = client.run("double", 1, { taskId: "bad" });
  await fake.when(() => fake.tasks.has("bad"));
  fake.fail("bad", { message: "no" });
  await assert.rejects(failing, TaskFailedError);
  await assert.rejects(
    client.run("double", 1, { taskId: "slow", timeoutMs: 20 }),
    (error) => error instanceof QTasksError && error.reason === "STILL_RUNNING",
  );
  assert.ok(fake.tasks.has("slow"));
});

everyWay(
  "a run that takes too long tells the id, and its task goes on",
  async ({ client, fake }) => {
    // The second one finds the first under way, and goes another way.
    const runs = [1, 2].map((n) => client.run("double", n, { timeoutMs: 20 }));
    for (const settled of await Promise.allSettled(runs)) {
      const error: unknown = settled.status === "rejected" && settled.reason;
      assert.ok(error instanceof QTasksError && error.reason === "STILL_RUNNING");
      const id = error.metadata["task_id"]!;
      assert.equal(error.message, `task ${id} has not ended after 20 ms; it goes on`);
      assert.equal(fake.tasks.get(id)?.state, TaskState.PENDING);
      fake.succeed(id, "late");
      assert.equal(await client.handle(id).result(), "late");
    }
  },
);

everyWay("a failed task throws what the handler said", async ({ client, fake }) => {
  fake.put({ taskId: "t", spec: { name: "mail.send" } });
  fake.fail("t", { kind: FailureKind.APPLICATION, type: "BadAddress", code: 3, message: "no @" });
  const error: unknown = await client
    .handle("t")
    .result()
    .catch((thrown: unknown) => thrown);
  assert.ok(error instanceof TaskFailedError);
  assert.equal(error.message, "mail.send t FAILED: no @");
  assert.equal(error.kind, FailureKind.APPLICATION);
  assert.deepEqual([error.type, error.code, error.taskId], ["BadAddress", 3, "t"]);
  assert.equal(error.codeName, "INVALID_ARGUMENT");
});

everyWay("canceled and expired tasks throw without a failure too", async ({ client, fake }) => {
  for (const [state, kind] of [
    [TaskState.CANCELED, FailureKind.CANCELED],
    [TaskState.EXPIRED, FailureKind.EXPIRED],
  ] as const) {
    fake.put({ taskId: "t", state, cancelReason: "too late" });
    await assert.rejects(
      client.handle("t").result(),
      (error) =>
        error instanceof TaskFailedError && error.kind === kind && error.codeName === undefined,
    );
  }
});

everyWay("the end of the wait is not the end of the task", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const handle = client.handle<string>("t");
  await assert.rejects(handle.result({ timeoutMs: 20 }), because("STILL_RUNNING"));
  await assert.rejects(handle.result({ timeoutMs: 0 }), because("STILL_RUNNING"));
  assert.equal(fake.tasks.get("t")?.state, TaskState.PENDING);
  const result = handle.result({ timeoutMs: 60_000 });
  fake.succeed("t", "late");
  assert.equal(await result, "late");
  assert.equal(await handle.result({ timeoutMs: 0 }), "late");
});

everyWay("unknown tasks are TASK_NOT_FOUND, to their callers alone", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const known = client.handle("t").result();
  await assert.rejects(client.handle("nobody").result(), because("TASK_NOT_FOUND"));
  fake.succeed("t", 1);
  assert.equal(await known, 1);
});

everyWay("one malformed id fails its caller alone", async ({ client, fake }) => {
  const ids = Array.from({ length: 20 }, (_, index) => `t${index}`);
  for (const taskId of ids) fake.put({ taskId, state: TaskState.SUCCEEDED });
  const results = await Promise.allSettled(
    [...ids, "mal formed"].map((id) => client.handle(id).result()),
  );
  const rejected = results.filter((result) => result.status === "rejected");
  assert.equal(rejected.length, 1);
  assert.ok(because("FIELD_VIOLATION")(rejected[0]!.reason));
});

everyWay("an abort ends the wait alone", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const abort = new AbortController();
  const aborted = client.handle("t").result({ signal: abort.signal });
  const other = client.handle("t").result();
  abort.abort();
  await assert.rejects(aborted, because("CALL_CANCELED"));
  fake.succeed("t", 1);
  assert.equal(await other, 1);
  const late = client.handle("t").result({ signal: abort.signal });
  await assert.rejects(late, because("CALL_CANCELED"));
});

everyWay("closing the client ends what waits", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const waiting = client.handle("t").result();
  const rejected = assert.rejects(waiting, because("CALL_CANCELED"));
  client.close();
  await rejected;
  await assert.rejects(client.handle("t").result(), because("CALL_CANCELED"));
});

everyWay("ten thousand awaits are few calls", async ({ client, fake }) => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `t${index}`);
  for (const taskId of ids) fake.put({ taskId });
  const results = Promise.all(ids.map((id) => client.handle<string>(id).result()));
  await until(() => fake.seen.parked === 10);
  for (const id of ids) fake.succeed(id, id);
  assert.deepEqual(await results, ids);
  assert.ok(fake.seen.awaits.length < 200, `${fake.seen.awaits.length} calls`);
});

everyWay("awaits that come one by one keep few calls parked", async ({ client, fake }) => {
  const ids = Array.from({ length: 200 }, (_, index) => `t${index}`);
  const results = [];
  for (const taskId of ids) {
    fake.put({ taskId });
    results.push(client.handle<string>(taskId).result());
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const id of ids) fake.succeed(id, id);
  assert.deepEqual(await Promise.all(results), ids);
  assert.ok(fake.seen.maxParked <= 40, `${fake.seen.maxParked} parked`);
});

test("a late await is answered while sixteen others are parked", async (t) => {
  const { inProcess } = await import("./setup.ts");
  const { client, fake } = inProcess(t);
  const parked = [];
  for (let index = 0; index < 16; index++) {
    fake.put({ taskId: `t${index}` });
    parked.push(client.handle(`t${index}`).result());
    await Promise.resolve().then(() => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(fake.seen.parked, 16);
  fake.put({ taskId: "late" });
  const late = client.handle("late").result();
  await until(() => fake.seen.parked === 17);
  fake.succeed("late", 1);
  assert.equal(await late, 1);
  for (let index = 0; index < 16; index++) fake.succeed(`t${index}`, index);
  await Promise.all(parked);
});

/** Looks once per turn of the loop; the fake has no signal for calls that arrive. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
