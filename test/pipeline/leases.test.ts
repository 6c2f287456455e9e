/** Leases: delivery, renewal, loss, and tokens that are superseded. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { AttemptState, FailureKind, TaskState, type Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  LeaseVerdict,
  OutcomeVerdict,
  WorkerService,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { DEFAULT_TIMINGS } from "../../src/core/limits.ts";
import { durationMs } from "../../src/core/duration.ts";
import { localCalls } from "../../src/server/local-calls.ts";
import { workerService } from "../../src/server/services/worker-service.ts";
import { ms, onBothBackends, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const { deliveryTimeoutMs, leaseMs, sessionTtlMs } = DEFAULT_TIMINGS;

function isWaiting(task: Task): boolean {
  return task.state === TaskState.PENDING || task.state === TaskState.RETRYING;
}

/** Takes the task, confirms it, and lets its lease run out. */
async function lose(scene: Scene, worker: TestWorker): Promise<Task> {
  const lease = await worker.take();
  await worker.renew(lease);
  scene.clock.advance(leaseMs + 1);
  return scene.until(lease.taskId, (task) => task.state !== TaskState.RUNNING);
}

/** Lets the notice of a write come well before its answer, as over two connections it may. */
function answerAfterNotice({ storage }: Scene): void {
  const write = storage.write.bind(storage);
  storage.write = async (params) => {
    const verdicts = await write(params);
    await sleep(30);
    return verdicts;
  };
}

onBothBackends("own outcomes", (it) => {
  it("are no news for the session that reported them", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    answerAfterNotice(scene);
    const parked = worker.poll(1, 100);
    await worker.succeed(lease);
    const { leaseStatuses } = await parked;
    assert.deepEqual(leaseStatuses, []);
  });
});

onBothBackends("delivery", (it) => {
  it("not confirmed by a live session: taken back, uncounted", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    scene.clock.advance(deliveryTimeoutMs + 1);
    await worker.heartbeat();
    const back = await scene.until(taskId, isWaiting);
    assert.equal(back.attemptCount, 0);
    assert.equal(back.lostLeaseCount, 0);
    assert.equal(back.startTime, undefined);
    const again = await worker.take();
    assert.equal(again.attempt, lease.attempt + 1);
  });

  it("not confirmed by a session that is gone: LOST", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.take();
    scene.clock.advance(sessionTtlMs + 1);
    const back = await scene.until(taskId, isWaiting);
    assert.equal(back.attemptCount, 0);
    assert.equal(back.lostLeaseCount, 1);
    assert.deepEqual(
      back.attempts.map(({ number, state }) => [number, state]),
      [[1, AttemptState.LOST]],
    );
    assert.equal(back.failure!.kind, FailureKind.LEASE_LOST);
  });

  it("ten offers in a row that nobody confirmed count as one lost lease", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    for (let offer = 1; offer <= 10; offer++) {
      await worker.take();
      scene.clock.advance(deliveryTimeoutMs + 1);
      await worker.heartbeat();
      const { lostLeaseCount } = await scene.until(taskId, isWaiting);
      assert.equal(lostLeaseCount, offer === 10 ? 1 : 0);
    }
  });

  it("an attempt timeout shorter than the delivery charges nobody for an offer that got lost", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ attemptTimeout: ms(1_000) });
    await worker.take();
    scene.clock.advance(6_001);
    const back = await scene.until(taskId, isWaiting);
    assert.equal(back.attemptCount, 0);
    assert.equal(back.attempts.length, 0);
  });

  it("attempts of this process are whole at once, and LOST when not renewed", async (scene) => {
    const workers = localCalls(workerService(scene.pipeline, { local: true }), WorkerService);
    const worker = await TestWorker.open({ ...scene.server, workers });
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    assert.ok(durationMs(lease.leaseTtl!) > deliveryTimeoutMs);
    scene.clock.advance(leaseMs + 1);
    await worker.heartbeat();
    assert.equal((await scene.until(taskId, isWaiting)).lostLeaseCount, 1);
  });

  it("the first renewal makes the lease whole", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    assert.ok(durationMs(lease.leaseTtl!) <= deliveryTimeoutMs);
    const status = await worker.renew(lease);
    assert.equal(status.verdict, LeaseVerdict.HELD);
    assert.ok(durationMs(status.leaseTtl!) > deliveryTimeoutMs);
  });
});

onBothBackends("leases", (it) => {
  it("renewed, a lease outlives its first end; the revision stays", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const { revision } = await scene.get(taskId);
    for (let beat = 0; beat < 5; beat++) {
      scene.clock.advance(leaseMs / 2);
      assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.HELD);
    }
    const task = await scene.get(taskId);
    assert.equal(task.state, TaskState.RUNNING);
    assert.equal(task.revision, revision);
    assert.equal((await worker.succeed(lease)).verdict, OutcomeVerdict.RECORDED);
  });

  it("not renewed: LOST, its place kept, no attempt charged", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await scene.enqueue({}, { taskId: "second" });
    const lost = await lose(scene, worker);
    assert.equal(lost.state, TaskState.PENDING);
    assert.equal(lost.attemptCount, 0);
    assert.equal(lost.lostLeaseCount, 1);
    const again = await worker.take();
    assert.equal(again.taskId, taskId);
    assert.equal(again.fencingToken, 2n);
    assert.equal(again.previousFailure!.kind, FailureKind.LEASE_LOST);
  });

  it("a superseded token: outcome STALE, heartbeat LOST, events not recorded", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const old = await worker.take();
    await worker.renew(old);
    scene.clock.advance(leaseMs + 1);
    await scene.until(taskId, isWaiting);
    const current = await worker.take();
    const stale = await worker.succeed(old, "late");
    assert.equal(stale.verdict, OutcomeVerdict.STALE);
    assert.equal(stale.taskState, TaskState.RUNNING);
    assert.equal((await worker.renew(old)).verdict, LeaseVerdict.LOST);
    const log = { event: { case: "log", value: { message: "late" } } } as const;
    assert.equal((await worker.record(old, 1, [log])).verdict, LeaseVerdict.LOST);
    assert.equal((await worker.succeed(current)).verdict, OutcomeVerdict.RECORDED);
    assert.deepEqual((await scene.get(taskId)).result!.body, { case: "text", value: "42" });
  });

  it("an expired lease that nobody rescued yet is still held", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    scene.clock.advance(deliveryTimeoutMs + 1);
    assert.equal((await worker.succeed(lease)).verdict, OutcomeVerdict.RECORDED);
  });

  it("the cap on lost leases ends the task: FAILED, kind LEASE_LOST", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: { maxLostLeases: 3, maxAttempts: 1 } });
    assert.equal((await lose(scene, worker)).state, TaskState.PENDING);
    const second = await lose(scene, worker);
    assert.equal(second.state, TaskState.RETRYING, "a backoff from the second loss on");
    scene.clock.advance(2_000);
    await worker.heartbeat();
    await lose(scene, worker);
    const ended = await scene.get(taskId);
    assert.equal(ended.state, TaskState.FAILED);
    assert.equal(ended.failure!.kind, FailureKind.LEASE_LOST);
    assert.equal(ended.attemptCount, 0);
    assert.equal(ended.lostLeaseCount, 3);
  });

  it("a lease ends by its attempt's deadline: TIMED_OUT, counted as an attempt", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ attemptTimeout: ms(10_000) });
    const lease = await worker.take();
    assert.ok(durationMs(lease.attemptTtl!) <= 10_000);
    scene.clock.advance(8_000);
    const status = await worker.renew(lease);
    assert.ok(durationMs(status.leaseTtl!) <= 7_000, "the deadline and 5 s of grace");
    scene.clock.advance(7_001);
    const failed = await scene.until(taskId, isWaiting);
    assert.equal(failed.state, TaskState.RETRYING);
    assert.equal(failed.attemptCount, 1);
    assert.equal(failed.lostLeaseCount, 0);
    assert.equal(failed.attempts[0]!.state, AttemptState.TIMED_OUT);
    assert.equal(failed.failure!.kind, FailureKind.ATTEMPT_TIMEOUT);
  });

  it("past the total timeout a running task is FAILED when its lease ends", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ totalTimeout: ms(10_000) });
    const lease = await worker.take();
    assert.ok(durationMs(lease.attemptTtl!) <= 10_000);
    await worker.renew(lease);
    scene.clock.advance(15_001);
    const ended = await scene.end(taskId);
    assert.equal(ended.state, TaskState.FAILED);
    assert.equal(ended.failure!.kind, FailureKind.TOTAL_TIMEOUT);
    assert.equal(ended.attempts[0]!.state, AttemptState.TIMED_OUT);
  });

  it("a checkpoint sent with a renewal goes to the next attempt", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    const body = { case: "text", value: "at 7" } as const;
    assert.equal((await worker.renew(lease, { body })).verdict, LeaseVerdict.HELD);
    await worker.release(lease);
    assert.deepEqual((await worker.take()).checkpoint!.body, body);
  });

  it("leases are judged by their tokens: also where the session is over", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    const stranger = new TestWorker(scene, "stranger");
    const { leaseStatuses, directives } = await stranger.heartbeat([lease]);
    assert.equal(leaseStatuses[0]!.verdict, LeaseVerdict.HELD);
    assert.equal(directives.length, 1);
    assert.equal((await stranger.succeed(lease)).verdict, OutcomeVerdict.RECORDED);
  });

  it("tokens that are none of ours are LOST and STALE", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    for (const leaseToken of [new Uint8Array(3), new Uint8Array(40), lease.leaseToken.slice(1)]) {
      const forged = { ...lease, leaseToken };
      assert.equal((await worker.renew(forged)).verdict, LeaseVerdict.LOST);
      assert.equal((await worker.succeed(forged)).verdict, OutcomeVerdict.STALE);
    }
  });

  it("the end of a session gives back what it holds, uncounted, and nothing else", async (scene) => {
    const worker = await TestWorker.open(scene);
    const other = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.take();
    await scene.enqueue({}, { taskId: "kept" });
    await other.take();
    assert.equal(await worker.unregister(), 1);
    const back = await scene.get(taskId);
    assert.equal(back.state, TaskState.PENDING);
    assert.equal(back.attemptCount, 0);
    assert.equal(back.attempts[0]!.state, AttemptState.RELEASED);
    assert.equal((await scene.get("kept")).state, TaskState.RUNNING);
    assert.equal(await worker.unregister(), 0);
  });
});
