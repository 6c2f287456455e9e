import assert from "node:assert/strict";
import { test } from "node:test";

import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { stateName } from "../../src/core/state-names.ts";
import { TaskFailedError } from "../../src/client/task-failed-error.ts";
import type { TaskChange } from "../../src/client/watch.ts";
import { everyWay, inProcess, overGrpc } from "./setup.ts";

everyWay("watch gives each change and ends with the terminal one", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const states: string[] = [];
  for await (const change of client.handle("t").watch()) {
    assert.ok(change.type === "task");
    states.push(stateName(change.task.state));
    if (states.length === 1) fake.change("t", { state: TaskState.RUNNING });
    if (states.length === 2) fake.succeed("t", 1);
  }
  assert.deepEqual(states, ["PENDING", "RUNNING", "SUCCEEDED"]);
});

everyWay("watch goes on over broken streams, each thing once", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  fake.streamLength = 2;
  for (const value of [1, 2, 3]) fake.output("t", value);
  const seen: string[] = [];
  for await (const change of client.handle("t").watch({ events: true })) {
    seen.push(describe(change));
    if (seen.length === 4) fake.output("t", 4);
    if (seen.length === 5) fake.succeed("t", "end");
  }
  assert.deepEqual(seen, ["event 1", "event 2", "event 3", "PENDING", "event 4", "SUCCEEDED"]);
  assert.deepEqual(fake.seen.watches.at(-1), { afterRevision: 1n, afterSequence: 3n });
});

everyWay("watching an unknown task is TASK_NOT_FOUND", async ({ client }) => {
  await assert.rejects(
    client.watch("nobody").next(),
    (error) => error instanceof QTasksError && error.reason === "TASK_NOT_FOUND",
  );
});

everyWay("an abort ends the watch and leaves the task alone", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const abort = new AbortController();
  const watch = client.watch("t", { signal: abort.signal });
  await watch.next();
  const next = watch.next();
  abort.abort();
  await assert.rejects(
    next,
    (error) => error instanceof QTasksError && error.reason === "CALL_CANCELED",
  );
  assert.equal(fake.tasks.get("t")?.state, TaskState.PENDING);
});

everyWay("outputs are decoded as they come", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  fake.output("t", { n: 1 });
  const outputs: unknown[] = [];
  for await (const output of client.handle("t").outputs()) {
    outputs.push(output);
    if (outputs.length === 1) fake.output("t", { n: 2 });
    if (outputs.length === 2) fake.succeed("t", null);
  }
  assert.deepEqual(outputs, [{ n: 1 }, { n: 2 }]);
});

everyWay("outputs of a task that fails end with its failure", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  fake.output("t", 1);
  fake.fail("t", { message: "broken" });
  const outputs = client.handle("t").outputs();
  assert.equal((await outputs.next()).value, 1);
  await assert.rejects(outputs.next(), TaskFailedError);
});

everyWay("kept events come page by page", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  for (let value = 0; value < 5; value++) fake.output("t", value);
  const sequences: bigint[] = [];
  for await (const event of client.handle("t").events({ after: 1n }))
    sequences.push(event.sequence);
  assert.deepEqual(sequences, [2n, 3n, 4n, 5n]);
});

test("a watch without any server ends when the patience does", async (t) => {
  const { client, fake } = inProcess(t, { patienceMs: 0 });
  fake.put({ taskId: "t" });
  fake.streamLength = 0;
  await assert.rejects(
    client.watch("t").next(),
    (error) => error instanceof QTasksError && error.reason === "SHUTTING_DOWN",
  );
});

test("a watcher that stops reading closes its stream", async (t) => {
  const { client, fake } = await overGrpc(t);
  fake.put({ taskId: "t" });
  for await (const change of client.watch("t")) {
    assert.equal(describe(change), "PENDING");
    break;
  }
  assert.equal((await client.get("t")).taskId, "t");
});

function describe(change: TaskChange): string {
  if (change.type === "event") return `event ${change.event.sequence}`;
  return stateName(change.task.state);
}
