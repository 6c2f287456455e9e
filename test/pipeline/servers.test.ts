/** Several servers on one storage. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { WorkerState } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  DirectiveKind,
  LeaseVerdict,
  OutcomeVerdict,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { eventually } from "../../src/testing/contract/setup.ts";
import { ms, NAME, onBothBackends, PATIENCE_MS } from "./setup.ts";
import { log, TestWorker } from "./test-worker.ts";

onBothBackends("two servers", (it) => {
  it("work enqueued at one wakes a poll parked at the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other);
    const parked = worker.take();
    await sleep(10);
    const task = await scene.enqueue();
    assert.equal((await parked).taskId, task.taskId);
  });

  it("an await at one hears of an end at the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other);
    const { taskId } = await scene.enqueue();
    const startedAt = performance.now();
    const awaited = scene.tasks.awaitTask({ taskId, wait: ms(PATIENCE_MS) });
    await worker.succeed(await worker.take());
    assert.equal((await awaited).done, true);
    assert.ok(performance.now() - startedAt < PATIENCE_MS / 2, "when the wait was over");
  });

  it("a task is given to one of them", async (scene) => {
    const other = await scene.openServer();
    const workers = [await TestWorker.open(scene), await TestWorker.open(other)];
    const requests = Array.from({ length: 200 }, () => ({ spec: { name: NAME } }));
    await scene.tasks.batchEnqueueTasks({ requests });
    const taken: string[] = [];
    while (taken.length < 200) {
      const polls = await Promise.all(workers.map((worker) => worker.poll(7, 100)));
      taken.push(...polls.flatMap(({ tasks }) => tasks.map((task) => task.taskId)));
    }
    assert.equal(new Set(taken).size, 200);
  });

  it("definitions applied or deleted at one hold at the other", async (scene) => {
    const other = await scene.openServer();
    const definition = { name: NAME, options: { queue: "moved" } };
    await scene.system.applyTaskDefinitions({ definitions: [definition] });
    await sleep(5);
    const { task } = await other.tasks.enqueueTask({ spec: { name: NAME } });
    assert.equal(task!.spec!.options!.queue, "moved");
    await other.system.deleteTaskDefinition({ name: NAME });
    await sleep(5);
    await assert.rejects(scene.enqueue(), /math\.add/);
  });

  it("a queue paused and resumed at one is so at the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other);
    await scene.admin.pauseQueue({ name: "default" });
    const isPaused = (): true | undefined => other.pipeline.queues.isPaused("default") || undefined;
    await eventually("the pause at the other", isPaused);
    await scene.enqueue();
    await worker.takeNothing();
    const parked = worker.take();
    await sleep(5);
    await scene.admin.resumeQueue({ name: "default" });
    await parked;
  });

  it("a session opened at one may call the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(scene);
    const moved = worker.at(other);
    await scene.enqueue();
    const lease = await moved.take();
    assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.HELD);
    assert.equal((await worker.succeed(lease)).verdict, OutcomeVerdict.RECORDED);
  });

  it("outcomes and events of leases that the other handed out are judged by the record", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(scene);
    const moved = worker.at(other);
    const { taskId } = await scene.enqueue();
    const first = await worker.take();
    await moved.record(first, 1, [log("a")]);
    const success = { case: "success", value: {} as never } as const;
    await moved.release(first);
    const second = await moved.take();
    assert.equal(second.attempt, 2);
    await moved.record(second, 1, [log("a"), log("b")]);
    // This server knows the first lease only, and no events.
    const result = await worker.report(second, success, { eventCount: 2n });
    assert.equal(result.verdict, OutcomeVerdict.RECORDED);
    assert.equal((await scene.get(taskId)).state, TaskState.SUCCEEDED);
  });

  it("a late report at one leaves a newer lease of it alone", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const first = await worker.take();
    await worker.release(first);
    await worker.take();
    assert.equal((await worker.succeed(first)).verdict, OutcomeVerdict.STALE);
    const parked = worker.poll(0, PATIENCE_MS);
    await sleep(5);
    await scene.tasks.cancelTask({ taskId });
    assert.equal((await parked).leaseStatuses[0]!.verdict, LeaseVerdict.CANCEL_REQUESTED);
  });

  it("a cancel at one reaches the worker that polls the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other);
    const { taskId } = await scene.enqueue();
    await worker.take();
    const parked = worker.poll(1, PATIENCE_MS);
    await sleep(5);
    await scene.tasks.cancelTask({ taskId, reason: "enough" });
    assert.equal((await parked).leaseStatuses[0]!.cancelReason, "enough");
  });

  it("a drain asked for at one reaches the worker that polls the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other);
    const parked = worker.poll(1, PATIENCE_MS);
    await sleep(5);
    await scene.admin.drainWorker({ sessionId: worker.sessionId, reason: "deploy" });
    const [directive] = (await parked).directives;
    assert.equal(directive!.kind, DirectiveKind.DRAIN);
    assert.equal(directive!.reason, "deploy");
    await scene.enqueue();
    const moved = worker.at(scene);
    await moved.takeNothing();
  });

  it("workers of one are listed by the other", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other, { workerId: "far" });
    await worker.poll();
    const { workers } = await scene.admin.listWorkers({});
    assert.deepEqual(
      workers.map(({ workerId, sessionId }) => [workerId, sessionId]),
      [["far", worker.sessionId]],
    );
    assert.notEqual(workers[0]!.state, WorkerState.LOST);
  });

  it("a live session of one is not lost for the rescuer of the other", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.openServer();
    const { taskId } = await scene.enqueue();
    await worker.take();
    scene.clock.advance(15_001);
    const back = await scene.until(taskId, (task) => task.state === TaskState.PENDING);
    assert.equal(back.lostLeaseCount, 0);
  });

  it("when one stops, the other goes on", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other);
    const { taskId } = await scene.enqueue();
    await scene.pipeline.stop();
    const lease = await worker.take();
    await worker.succeed(lease);
    const { done } = await other.tasks.awaitTask({ taskId, wait: ms(PATIENCE_MS) });
    assert.equal(done, true);
  });
});
