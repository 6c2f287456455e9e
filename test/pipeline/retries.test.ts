/** When another attempt follows a failed one, and after how long. */
import assert from "node:assert/strict";
import { FailureKind, TaskState, type Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs } from "../../src/core/duration.ts";
import { ms, onBothBackends } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const NO_JITTER = { jitter: 0 };
/** Backoffs are long here, so that no time passes but the test's. */
const SLOW = { initialBackoff: ms(10_000), maxBackoff: ms(35_000), ...NO_JITTER };

/** How long a task backs off, in ms. */
function backoff(task: Task): number {
  return timestampMs(task.nextAttemptTime!) - timestampMs(task.updateTime!);
}

onBothBackends("retries", (it) => {
  it("the backoff grows by the multiplier up to its cap", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: { ...SLOW, maxAttempts: 6 } });
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      const result = await worker.fail(await worker.take());
      assert.equal(result.taskState, TaskState.RETRYING);
      delays.push(backoff(await scene.get(taskId)));
      scene.clock.advance(delays.at(-1)!);
      await worker.heartbeat();
    }
    assert.deepEqual(delays, [10_000, 20_000, 35_000, 35_000, 35_000]);
    assert.equal((await worker.fail(await worker.take())).taskState, TaskState.FAILED);
    assert.equal((await scene.get(taskId)).attemptCount, 6);
  });

  it("jitter moves it by half its share to both sides at the most", async (scene) => {
    const worker = await TestWorker.open(scene);
    const retryPolicy = { ...SLOW, jitter: 1 };
    const delays = new Set<number>();
    for (let count = 0; count < 40; count++) {
      const { taskId } = await scene.enqueue({ retryPolicy });
      await worker.fail(await worker.take());
      const delay = backoff(await scene.get(taskId));
      assert.ok(delay >= 5_000 && delay <= 15_000, String(delay));
      delays.add(delay);
    }
    assert.ok(delays.size > 20);
  });

  it("a retry comes at its time, and its task queues behind what is due earlier", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: SLOW });
    await worker.fail(await worker.take());
    await scene.enqueue({}, { taskId: "second" });
    assert.equal((await worker.take()).taskId, "second");
    await worker.takeNothing();
    scene.clock.advance(10_000);
    assert.equal((await scene.get(taskId)).state, TaskState.PENDING);
    const lease = await worker.take();
    assert.equal(lease.attempt, 2);
    assert.equal(lease.previousFailure!.message, "boom");
  });

  it("the failure's own delay takes the place of the backoff", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: SLOW });
    await worker.fail(await worker.take(), { retryDelay: ms(77_000) });
    assert.equal(backoff(await scene.get(taskId)), 77_000);
  });

  it("final: the flag, a type of the policy, a code, what is REJECTED", async (scene) => {
    const worker = await TestWorker.open(scene);
    const retryPolicy = { ...SLOW, nonRetryableTypes: ["acme.BadAddress"] };
    const final = [
      { nonRetryable: true },
      { type: "acme.BadAddress" },
      ...[3, 5, 6, 7, 9, 11, 12, 15, 16].map((code) => ({ code })),
      { kind: FailureKind.REJECTED },
    ];
    for (const failure of final) {
      await scene.enqueue({ retryPolicy });
      const { taskState } = await worker.fail(await worker.take(), failure);
      assert.equal(taskState, TaskState.FAILED, JSON.stringify(failure));
    }
    const passing = [
      {},
      { type: "acme.Busy" },
      ...[1, 2, 4, 8, 10, 13, 14].map((code) => ({ code })),
    ];
    for (const failure of passing) {
      await scene.enqueue({ retryPolicy });
      const { taskState } = await worker.fail(await worker.take(), failure);
      assert.equal(taskState, TaskState.RETRYING, JSON.stringify(failure));
    }
  });

  it("an attempt that the worker timed out is another attempt's turn", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ attemptTimeout: ms(5_000), retryPolicy: SLOW });
    const { taskState } = await worker.fail(await worker.take(), {
      kind: FailureKind.ATTEMPT_TIMEOUT,
    });
    assert.equal(taskState, TaskState.RETRYING);
    assert.equal((await scene.get(taskId)).failure!.kind, FailureKind.ATTEMPT_TIMEOUT);
  });

  it("one attempt, and no limit", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue({ retryPolicy: { maxAttempts: 1 } });
    assert.equal((await worker.fail(await worker.take())).taskState, TaskState.FAILED);
    await scene.enqueue({ retryPolicy: { maxAttempts: -1, initialBackoff: ms(0) } });
    for (let attempt = 1; attempt <= 30; attempt++) {
      const lease = await worker.take();
      assert.equal(lease.attempt, attempt);
      assert.notEqual((await worker.fail(lease)).taskState, TaskState.FAILED);
    }
  });

  it("the history keeps the newest ten attempts", async (scene) => {
    const worker = await TestWorker.open(scene);
    const retryPolicy = { maxAttempts: 13, initialBackoff: ms(0) };
    const { taskId } = await scene.enqueue({ retryPolicy });
    for (let attempt = 1; attempt <= 13; attempt++) await worker.fail(await worker.take());
    const { attempts } = await scene.get(taskId);
    assert.deepEqual(
      attempts.map((attempt) => attempt.number),
      [4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    );
  });

  it("no retry that the total timeout rules out", async (scene) => {
    const worker = await TestWorker.open(scene);
    const totalTimeout = ms(10_000);
    const { taskId } = await scene.enqueue({ totalTimeout, retryPolicy: SLOW });
    assert.equal((await worker.fail(await worker.take())).taskState, TaskState.FAILED);
    assert.equal((await scene.get(taskId)).failure!.message, "boom");
    await scene.enqueue({ totalTimeout: ms(30_000), retryPolicy: SLOW });
    assert.equal((await worker.fail(await worker.take())).taskState, TaskState.RETRYING);
  });

  it("a worker's time-out past the total timeout is that one", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ totalTimeout: ms(5_000) });
    const lease = await worker.take();
    scene.clock.advance(5_001);
    await worker.fail(lease, { kind: FailureKind.ATTEMPT_TIMEOUT });
    const task = await scene.get(taskId);
    assert.equal(task.state, TaskState.FAILED);
    assert.equal(task.failure!.kind, FailureKind.TOTAL_TIMEOUT);
  });

  it("total timeout while the task backs off", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ totalTimeout: ms(30_000), retryPolicy: SLOW });
    await worker.fail(await worker.take());
    scene.clock.advance(30_001);
    const ended = await scene.end(taskId);
    assert.equal(ended.state, TaskState.FAILED);
    assert.equal(ended.failure!.kind, FailureKind.TOTAL_TIMEOUT);
  });

  it("a long failure is shortened, not refused", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: { maxAttempts: 1 } });
    const huge = "é".repeat(100_000);
    const { taskState } = await worker.fail(await worker.take(), {
      message: `it broke ${huge}`,
      stackTrace: huge,
      type: "acme.Broken",
      nonRetryable: true,
    });
    assert.equal(taskState, TaskState.FAILED);
    const { failure } = await scene.get(taskId);
    assert.ok(failure!.message.startsWith("it broke é"));
    assert.ok(Buffer.byteLength(failure!.message) <= 32_768);
    assert.equal(failure!.type, "acme.Broken");
  });
});
