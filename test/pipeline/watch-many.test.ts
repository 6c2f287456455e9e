/** Watching every task that matches a filter. */
import assert from "node:assert/strict";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { WatchTasksResponse } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { stateName } from "../../src/core/state-names.ts";
import { onBothBackends, refusal, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

type Stream = AsyncIterator<WatchTasksResponse>;

const TEAM = { labels: { team: "a" } };

function open(scene: Scene, filter: Parameters<Scene["tasks"]["watchTasks"]>[0]["filter"]): Stream {
  return scene.tasks.watchTasks({ ...(filter && { filter }) })[Symbol.asyncIterator]();
}

/** The next event: `id:STATE` of a task, or its kind. */
async function next(stream: Stream): Promise<string> {
  const step = await stream.next();
  assert.ok(step.done !== true, "the stream has ended");
  const { event } = step.value;
  return event.case === "task"
    ? `${event.value.taskId}:${stateName(event.value.state)}`
    : event.case!;
}

onBothBackends("watch many", (it) => {
  it("every match, the end of the snapshot, then changes of matches old and new", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue(TEAM, { taskId: "a" });
    await scene.enqueue({}, { taskId: "other" });
    await scene.enqueue(TEAM, { taskId: "b" });
    const stream = open(scene, TEAM);
    assert.deepEqual([await next(stream), await next(stream)].sort(), ["a:PENDING", "b:PENDING"]);
    assert.equal(await next(stream), "snapshotEnd");
    const first = next(stream);
    const lease = await worker.take();
    assert.equal(await first, "a:RUNNING");
    await worker.succeed(lease);
    assert.equal(await next(stream), "a:SUCCEEDED");
    await scene.enqueue({}, { taskId: "another" });
    await scene.enqueue(TEAM, { taskId: "c" });
    assert.equal(await next(stream), "c:PENDING");
    await stream.return?.();
  });

  it("a task that stops matching is told once more, and then no longer", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue({}, { taskId: "a" });
    const stream = open(scene, { states: [TaskState.PENDING] });
    assert.equal(await next(stream), "a:PENDING");
    assert.equal(await next(stream), "snapshotEnd");
    const left = next(stream);
    const lease = await worker.take();
    assert.equal(await left, "a:RUNNING");
    await worker.succeed(lease);
    await scene.enqueue({}, { taskId: "b" });
    assert.equal(await next(stream), "b:PENDING");
    await stream.return?.();
  });

  it("a task that begins to match is told", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue({ retryPolicy: { maxAttempts: 1 } }, { taskId: "a" });
    const stream = open(scene, { states: [TaskState.FAILED] });
    assert.equal(await next(stream), "snapshotEnd");
    const match = next(stream);
    await worker.fail(await worker.take());
    assert.equal(await match, "a:FAILED");
    await stream.return?.();
  });

  it("an empty snapshot, and heartbeats", { limits: { streamHeartbeatMs: 20 } }, async (scene) => {
    const stream = open(scene, TEAM);
    assert.equal(await next(stream), "snapshotEnd");
    assert.equal(await next(stream), "heartbeat");
    await stream.return?.();
  });

  it(
    "more matches than the limit are refused",
    { limits: { maxWatchedTasks: 3 } },
    async (scene) => {
      for (const taskId of ["a", "b", "c"]) await scene.enqueue(TEAM, { taskId });
      const stream = open(scene, TEAM);
      for (let count = 0; count < 3; count++) await next(stream);
      assert.equal(await next(stream), "snapshotEnd");
      await stream.return?.();
      await scene.enqueue(TEAM, { taskId: "d" });
      await assert.rejects(next(open(scene, TEAM)), refusal("TOO_MANY_MATCHES"));
    },
  );

  it("at least one condition", async (scene) => {
    for (const filter of [undefined, {}])
      await assert.rejects(next(open(scene, filter)), refusal("FIELD_VIOLATION", "filter"));
  });

  it("its age limit", { limits: { maxStreamAgeMs: 40 } }, async (scene) => {
    const stream = open(scene, TEAM);
    assert.equal(await next(stream), "snapshotEnd");
    assert.equal(await next(stream), "closing");
    assert.equal((await stream.next()).done, true);
  });
});
