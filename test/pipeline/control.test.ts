/** Retry, reschedule and delete. */
import assert from "node:assert/strict";
import { ConflictPolicy, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs, toTimestamp } from "../../src/core/duration.ts";
import { ms, onBothBackends, refusal, type Scene } from "./setup.ts";
import { TestWorker, output } from "./test-worker.ts";

const ONE = { retryPolicy: { maxAttempts: 1 } };

async function failed(scene: Scene, worker: TestWorker, options = {}): Promise<string> {
  const { taskId } = await scene.enqueue({ ...ONE, ...options });
  await worker.fail(await worker.take());
  return taskId;
}

onBothBackends("retry by hand", (it) => {
  it("fresh budgets, cleared results, history that goes on", async (scene) => {
    const worker = await TestWorker.open(scene);
    const taskId = await failed(scene, worker);
    const { task } = await scene.tasks.retryTask({ taskId });
    assert.equal(task!.state, TaskState.PENDING);
    assert.equal(task!.attemptCount, 0);
    assert.equal(task!.manualRetryCount, 1);
    for (const field of ["failure", "endTime", "purgeTime", "startTime"] as const)
      assert.equal(task![field], undefined, field);
    const lease = await worker.take();
    assert.equal(lease.attempt, 2);
    assert.equal(lease.previousFailure, undefined);
    await worker.succeed(lease);
    const ended = await scene.get(taskId);
    assert.equal(ended.state, TaskState.SUCCEEDED);
    assert.deepEqual(
      ended.attempts.map((attempt) => attempt.number),
      [1, 2],
    );
  });

  it("timeouts begin anew", async (scene) => {
    const worker = await TestWorker.open(scene);
    const options = { pendingTimeout: ms(10_000), totalTimeout: ms(15_000) };
    const taskId = await failed(scene, worker, options);
    scene.clock.advance(20_000);
    await scene.tasks.retryTask({ taskId });
    scene.clock.advance(9_000);
    assert.equal((await scene.get(taskId)).state, TaskState.PENDING);
    scene.clock.advance(1_001);
    assert.equal((await scene.end(taskId)).state, TaskState.EXPIRED);
  });

  it("every terminal state, and no other", async (scene) => {
    const worker = await TestWorker.open(scene);
    const expired = await scene.enqueue({ pendingTimeout: ms(1_000) });
    scene.clock.advance(1_001);
    await scene.end(expired.taskId);
    const canceled = await scene.enqueue();
    await scene.tasks.cancelTask({ taskId: canceled.taskId });
    const succeeded = await scene.enqueue();
    await worker.succeed(await worker.take());
    for (const { taskId } of [expired, canceled, succeeded]) {
      const { task } = await scene.tasks.retryTask({ taskId });
      assert.equal(task!.state, TaskState.PENDING);
      assert.equal(task!.cancelReason, "");
      await assert.rejects(scene.tasks.retryTask({ taskId }), refusal("TASK_NOT_TERMINAL"));
    }
    await assert.rejects(scene.tasks.retryTask({ taskId: "nobody" }), refusal("TASK_NOT_FOUND"));
  });

  it("the unique key is taken again, or refused", async (scene) => {
    const worker = await TestWorker.open(scene);
    const unique = { key: "k", onConflict: ConflictPolicy.REJECT };
    const first = await scene.enqueue(ONE, { spec: { unique } });
    await worker.fail(await worker.take());
    await scene.tasks.retryTask({ taskId: first.taskId });
    await assert.rejects(scene.enqueue({}, { spec: { unique } }), refusal("UNIQUE_KEY_HELD"));
    await worker.fail(await worker.take());
    await scene.enqueue({}, { taskId: "second", spec: { unique } });
    const retry = () => scene.tasks.retryTask({ taskId: first.taskId });
    await assert.rejects(retry(), refusal("UNIQUE_KEY_HELD"));
    await worker.succeed(await worker.take());
    assert.equal((await retry()).task!.state, TaskState.PENDING);
  });

  it("at an expected revision only", async (scene) => {
    const worker = await TestWorker.open(scene);
    const taskId = await failed(scene, worker);
    const { revision } = await scene.get(taskId);
    const retry = (expectedRevision: bigint) => scene.tasks.retryTask({ taskId, expectedRevision });
    await assert.rejects(retry(revision - 1n), refusal("REVISION_MISMATCH"));
    assert.equal((await retry(revision)).task!.state, TaskState.PENDING);
  });

  it("outputs are kept until the task is purged", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 1, [output("a")]);
    await worker.succeed(lease);
    await scene.tasks.retryTask({ taskId });
    assert.equal((await worker.take()).outputCount, 1n);
  });
});

onBothBackends("reschedule", (it) => {
  it("later, sooner, and a time that is past means now", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const delay = (delayMs: number) =>
      scene.tasks.rescheduleTask({ taskId, start: { case: "delay", value: ms(delayMs) } });
    assert.equal((await delay(60_000)).task!.state, TaskState.SCHEDULED);
    await worker.takeNothing();
    const at = toTimestamp(scene.clock.now() + 30_000);
    const { task } = await scene.tasks.rescheduleTask({
      taskId,
      start: { case: "scheduleTime", value: at },
    });
    assert.deepEqual(task!.scheduleTime, at);
    const past = toTimestamp(scene.clock.now() - 30_000);
    const parked = worker.take();
    await scene.tasks.rescheduleTask({ taskId, start: { case: "scheduleTime", value: past } });
    assert.equal((await parked).taskId, taskId);
  });

  it("the priority alone: the time is kept", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue({}, { taskId: "first" });
    const second = await scene.enqueue({}, { taskId: "second" });
    const { task } = await scene.tasks.rescheduleTask({ taskId: "second", priority: 9 });
    assert.equal(task!.spec!.options!.priority, 9);
    assert.deepEqual(task!.scheduleTime, second.scheduleTime);
    assert.equal((await worker.take()).taskId, "second");
    assert.equal((await worker.take()).taskId, "first");
  });

  it("deadlines move with the time", async (scene) => {
    const { taskId } = await scene.enqueue({ pendingTimeout: ms(5_000) });
    const start = { case: "delay", value: ms(60_000) } as const;
    await scene.tasks.rescheduleTask({ taskId, start });
    scene.clock.advance(64_000);
    assert.equal((await scene.get(taskId)).state, TaskState.PENDING);
    scene.clock.advance(1_500);
    assert.equal((await scene.end(taskId)).state, TaskState.EXPIRED);
  });

  it("a retry at once costs nothing of the total timeout", async (scene) => {
    const worker = await TestWorker.open(scene);
    const retryPolicy = { initialBackoff: ms(40_000), jitter: 0 };
    const { taskId } = await scene.enqueue({ retryPolicy, totalTimeout: ms(60_000) });
    await worker.fail(await worker.take());
    const { task } = await scene.tasks.rescheduleTask({
      taskId,
      start: { case: "delay", value: ms(0) },
    });
    assert.equal(task!.state, TaskState.PENDING);
    scene.clock.advance(25_000);
    assert.equal((await worker.take()).attempt, 2);
  });

  it("waiting tasks only, at an expected revision only", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId, revision } = await scene.enqueue();
    const reschedule = (expectedRevision?: bigint) =>
      scene.tasks.rescheduleTask({
        taskId,
        priority: 3,
        ...(expectedRevision !== undefined && { expectedRevision }),
      });
    await assert.rejects(reschedule(revision + 1n), refusal("REVISION_MISMATCH"));
    await reschedule(revision);
    const same = await reschedule();
    assert.equal(same.task!.revision, revision + 1n, "the same again is no change");
    const lease = await worker.take();
    await assert.rejects(reschedule(), refusal("TASK_ALREADY_STARTED"));
    await worker.succeed(lease);
    await assert.rejects(reschedule(), refusal("TASK_ALREADY_STARTED"));
    const unknown = scene.tasks.rescheduleTask({ taskId: "nobody", priority: 1 });
    await assert.rejects(unknown, refusal("TASK_NOT_FOUND"));
  });
});

onBothBackends("delete", (it) => {
  it("terminal tasks only, with their events; one that is gone is no error", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const remove = () => scene.tasks.deleteTask({ taskId });
    await assert.rejects(remove(), refusal("TASK_NOT_TERMINAL"));
    const lease = await worker.take();
    await worker.record(lease, 1, [output("a")]);
    await assert.rejects(remove(), refusal("TASK_NOT_TERMINAL"));
    await worker.succeed(lease);
    await remove();
    await assert.rejects(scene.get(taskId), refusal("TASK_NOT_FOUND"));
    await assert.rejects(scene.tasks.listTaskEvents({ taskId }), refusal("TASK_NOT_FOUND"));
    await remove();
    assert.equal((await scene.enqueue({}, { taskId })).revision, 1n);
  });

  it("retention ends it by itself, a minute at the least", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retention: ms(0) });
    await worker.succeed(await worker.take());
    const task = await scene.get(taskId);
    assert.equal(timestampMs(task.purgeTime!) - timestampMs(task.endTime!), 60_000);
    scene.clock.advance(59_000);
    assert.equal((await scene.get(taskId)).taskId, taskId);
  });
});
