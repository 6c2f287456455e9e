import assert from "node:assert/strict";

import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { everyWay } from "./setup.ts";

everyWay("list walks all pages, listPage one", async ({ client, fake }) => {
  const ids = Array.from({ length: 7 }, (_, index) => `t${index}`);
  for (const taskId of ids) fake.put({ taskId });
  const listed: string[] = [];
  for await (const task of client.list({}, { pageSize: 3 })) listed.push(task.taskId);
  assert.deepEqual(listed, ids);
  const first = await client.listPage({}, { pageSize: 5 });
  assert.equal(first.tasks.length, 5);
  const last = await client.listPage({}, { pageSize: 5, pageToken: first.nextPageToken ?? "" });
  assert.deepEqual([last.tasks.length, last.nextPageToken], [2, undefined]);
  assert.equal((await client.count()).count, 7n);
});

everyWay("get, cancel and delete act on one task", async ({ client, fake }) => {
  fake.put({ taskId: "t" });
  const handle = client.handle("t");
  assert.equal((await handle.get()).state, TaskState.PENDING);
  const canceled = await handle.cancel({ reason: "not needed" });
  assert.deepEqual([canceled.state, canceled.cancelReason], [TaskState.CANCELED, "not needed"]);
  await client.delete("t");
  await assert.rejects(
    handle.get(),
    (error) =>
      error instanceof QTasksError &&
      error.reason === "TASK_NOT_FOUND" &&
      error.metadata["task_id"] === "t",
  );
});

everyWay("a cancel by filter tells how far it has come", async ({ client, fake }) => {
  for (const taskId of ["a", "b", "c"]) fake.put({ taskId });
  const counts = [];
  for await (const { canceled, done } of client.cancelMatching({ queues: ["q"] }))
    counts.push([canceled, done]);
  assert.deepEqual(counts, [
    [1, false],
    [2, false],
    [3, false],
    [3, true],
  ]);
});
