/** Cancel in every state, and what each outcome makes of a task that is being canceled. */
import assert from "node:assert/strict";
import { AttemptState, FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseVerdict, OutcomeVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { ms, onBothBackends, refusal } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

onBothBackends("cancel", (it) => {
  it("a waiting task is CANCELED at once", async (scene) => {
    const worker = await TestWorker.open(scene);
    const retrying = await scene.enqueue({ retryPolicy: { initialBackoff: ms(60_000) } });
    await worker.fail(await worker.take());
    const scheduled = await scene.enqueue({}, { start: { case: "delay", value: ms(60_000) } });
    const pending = await scene.enqueue();
    for (const { taskId } of [retrying, scheduled, pending]) {
      const { task } = await scene.tasks.cancelTask({ taskId, reason: "enough" });
      assert.equal(task!.state, TaskState.CANCELED);
      assert.equal(task!.cancelReason, "enough");
      assert.equal(task!.failure!.kind, FailureKind.CANCELED);
      assert.equal(task!.failure!.message, "enough");
      assert.ok(task!.endTime !== undefined && task!.purgeTime !== undefined);
    }
    await worker.takeNothing();
    scene.clock.advance(60_000);
    await worker.takeNothing();
  });

  it("a terminal task is returned unchanged, an unknown one is an error", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.succeed(await worker.take());
    const before = await scene.get(taskId);
    const { task } = await scene.tasks.cancelTask({ taskId, forceAfter: ms(0) });
    assert.equal(task!.state, TaskState.SUCCEEDED);
    assert.equal(task!.revision, before.revision);
    const unknown = scene.tasks.cancelTask({ taskId: "nobody" });
    await assert.rejects(unknown, refusal("TASK_NOT_FOUND"));
  });

  it("a running task is CANCELING until its worker says how it ends", async (scene) => {
    const worker = await TestWorker.open(scene);
    const ends = {
      succeed: [TaskState.SUCCEEDED, AttemptState.SUCCEEDED],
      fail: [TaskState.FAILED, AttemptState.FAILED],
      cancel: [TaskState.CANCELED, AttemptState.CANCELED],
      release: [TaskState.CANCELED, AttemptState.CANCELED],
    } as const;
    for (const [kind, [state, attempt]] of Object.entries(ends)) {
      const { taskId } = await scene.enqueue();
      const lease = await worker.take();
      const { task } = await scene.tasks.cancelTask({ taskId, reason: "enough" });
      assert.equal(task!.state, TaskState.CANCELING);
      assert.equal(task!.endTime, undefined);
      const status = await worker.renew(lease);
      assert.equal(status.verdict, LeaseVerdict.CANCEL_REQUESTED);
      assert.equal(status.cancelReason, "enough");
      const result = await worker[kind as keyof typeof ends](lease);
      assert.equal(result.verdict, OutcomeVerdict.RECORDED);
      assert.equal(result.taskState, state, kind);
      const ended = await scene.get(taskId);
      assert.equal(ended.attempts[0]!.state, attempt, kind);
      assert.equal(ended.cancelReason, "enough");
    }
  });

  it("a lost lease, and the end of the session, end it as CANCELED", async (scene) => {
    const worker = await TestWorker.open(scene);
    const lost = await scene.enqueue();
    await worker.renew(await worker.take());
    await scene.tasks.cancelTask({ taskId: lost.taskId });
    scene.clock.advance(20_001);
    assert.equal((await scene.end(lost.taskId)).state, TaskState.CANCELED);
    await worker.heartbeat();
    const left = await scene.enqueue();
    await worker.take();
    await scene.tasks.cancelTask({ taskId: left.taskId });
    await worker.unregister();
    assert.equal((await scene.get(left.taskId)).state, TaskState.CANCELED);
  });

  it("by force at once: CANCELED, the lease is revoked", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const request = { taskId, reason: "now", forceAfter: ms(0) };
    const { task } = await scene.tasks.cancelTask(request);
    assert.equal(task!.state, TaskState.CANCELED);
    assert.equal(task!.cancelReason, "now");
    assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.LOST);
    for (const kind of ["succeed", "fail", "cancel", "release"] as const)
      assert.equal((await worker[kind](lease)).verdict, OutcomeVerdict.STALE);
  });

  it("by force later: CANCELED once the grace is over", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await scene.tasks.cancelTask({ taskId, reason: "soon", forceAfter: ms(8_000) });
    scene.clock.advance(6_000);
    assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.CANCEL_REQUESTED);
    scene.clock.advance(2_001);
    const ended = await scene.end(taskId);
    assert.equal(ended.state, TaskState.CANCELED);
    assert.equal(ended.failure!.message, "soon");
    assert.equal((await worker.succeed(lease)).verdict, OutcomeVerdict.STALE);
  });

  it("again: the first reason stays, the grace can only become shorter", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const cancel = async (reason: string, forceAfterMs?: number) => {
      const force = forceAfterMs === undefined ? {} : { forceAfter: ms(forceAfterMs) };
      return (await scene.tasks.cancelTask({ taskId, reason, ...force })).task!;
    };
    const first = await cancel("first", 9_000);
    assert.equal((await cancel("second")).revision, first.revision);
    assert.equal((await cancel("second", 60_000)).revision, first.revision);
    const sooner = await cancel("second", 2_000);
    assert.ok(sooner.revision > first.revision);
    assert.equal(sooner.cancelReason, "first");
    await worker.renew(lease);
    scene.clock.advance(2_001);
    assert.equal((await scene.end(taskId)).cancelReason, "first");
  });

  it("a failure of a task that is being canceled is not retried", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: { maxAttempts: -1 } });
    const lease = await worker.take();
    await scene.tasks.cancelTask({ taskId });
    assert.equal((await worker.fail(lease)).taskState, TaskState.FAILED);
  });
});
