/** Progress, outputs and logs of attempts. */
import assert from "node:assert/strict";
import { OutputRetry, TaskState, type TaskEvent } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseVerdict, type LeasedTask } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs, timestampMs } from "../../src/core/duration.ts";
import { ms, onBothBackends, refusal, type Scene } from "./setup.ts";
import { log, output, TestWorker } from "./test-worker.ts";

/** Events as `attempt:text`, outputs in capitals. */
async function shown(scene: Scene, taskId: string): Promise<string[]> {
  const { events } = await scene.tasks.listTaskEvents({ taskId });
  return events.map((event) => `${event.attempt}:${textOf(event)}`);
}

function textOf({ event }: TaskEvent): string {
  if (event.case === "log") return event.value.message;
  return event.case === "output" ? String(event.value.body.value) : "?";
}

const QUICK = { retryPolicy: { initialBackoff: ms(0) } };

onBothBackends("events", (it) => {
  it("outputs and logs in their order, with sequence, attempt and time", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const old = { ...log("a"), age: ms(60_000) };
    const status = await worker.record(lease, 1, [old, output("B"), log("c")]);
    assert.equal(status.verdict, LeaseVerdict.HELD);
    assert.ok(durationMs(status.leaseTtl!) > 15_000, "events renew the lease");
    assert.deepEqual(await shown(scene, taskId), ["1:a", "1:B", "1:c"]);
    const { events, more } = await scene.tasks.listTaskEvents({ taskId });
    assert.equal(more, false);
    assert.deepEqual(
      events.map((event) => event.sequence),
      [1n, 2n, 3n],
    );
    const [first, second] = events.map((event) => timestampMs(event.time!));
    assert.ok(Math.abs(second! - first! - 60_000) < 5);
  });

  it("a repeated call records nothing twice; an overlap adds what is new", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    for (let call = 0; call < 3; call++) await worker.record(lease, 1, [log("a"), log("b")]);
    await worker.record(lease, 2, [log("b"), log("c")]);
    assert.deepEqual(await shown(scene, taskId), ["1:a", "1:b", "1:c"]);
    assert.equal((await worker.record(lease, 1, [log("a")])).verdict, LeaseVerdict.HELD);
  });

  it("calls of one attempt at the same time record each event once", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const events = [log("a"), log("b")];
    await Promise.all(Array.from({ length: 10 }, () => worker.record(lease, 1, events)));
    assert.deepEqual(await shown(scene, taskId), ["1:a", "1:b"]);
  });

  it("events beyond a gap are left out until what is missing came", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 2, [log("b")]);
    assert.deepEqual(await shown(scene, taskId), []);
    await worker.record(lease, 1, [log("a"), log("b")]);
    assert.deepEqual(await shown(scene, taskId), ["1:a", "1:b"]);
  });

  it("progress: the latest; a long message is shortened", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const { sessionId } = worker;
    const record = (completed: number, message: string) =>
      scene.workers.recordEvents({
        sessionId,
        attempts: [{ leaseToken: lease.leaseToken, progress: { completed, total: 3, message } }],
      });
    await record(1, "one\nof three");
    await record(2, "x".repeat(2_000));
    const { progress } = await scene.get(taskId);
    assert.equal(progress!.completed, 2);
    assert.equal(progress!.total, 3);
    assert.ok(Buffer.byteLength(progress!.message) <= 1_000);
    assert.ok(Math.abs(timestampMs(progress!.updateTime!) - scene.clock.now()) < 5_000);
  });

  it("events confirm the delivery, and tell of a cancel", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 1, [log("a")]);
    scene.clock.advance(15_001);
    await scene.tasks.cancelTask({ taskId, reason: "enough" });
    const status = await worker.record(lease, 2, [log("b")]);
    assert.equal(status.verdict, LeaseVerdict.CANCEL_REQUESTED);
    assert.equal(status.cancelReason, "enough");
  });

  it("pages by sequence", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(
      lease,
      1,
      Array.from({ length: 25 }, (_, index) => log(`${index}`)),
    );
    const texts: string[] = [];
    for (let afterSequence = 0n, more = true; more;) {
      const page = await scene.tasks.listTaskEvents({ taskId, afterSequence, pageSize: 10 });
      assert.ok(page.events.length <= 10);
      texts.push(...page.events.map(textOf));
      afterSequence = page.events.at(-1)!.sequence;
      more = page.more;
    }
    assert.deepEqual(
      texts,
      Array.from({ length: 25 }, (_, index) => `${index}`),
    );
  });

  it("the oldest logs go first, outputs never", { maxLogs: 3 }, async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const events = [log("a"), output("B"), log("c"), log("d"), output("E"), log("f")];
    await worker.record(lease, 1, events);
    assert.deepEqual(await shown(scene, taskId), ["1:B", "1:c", "1:d", "1:E", "1:f"]);
  });
});

onBothBackends("outputs of another attempt", (it) => {
  async function twoAttempts(scene: Scene, outputRetry: OutputRetry) {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ ...QUICK, outputRetry });
    const first = await worker.take();
    await worker.record(first, 1, [output("A"), log("l"), output("B")]);
    const { taskState } = await worker.fail(first);
    const next = async (): Promise<LeasedTask> => worker.take();
    return { worker, taskId, taskState, next };
  }

  it("NEVER, the default: a failure after the first output is final", async (scene) => {
    for (const policy of [OutputRetry.UNSPECIFIED, OutputRetry.NEVER]) {
      const { taskState } = await twoAttempts(scene, policy);
      assert.equal(taskState, TaskState.FAILED);
    }
  });

  it("NEVER: so is a lost lease; before the first output both are retried", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue(QUICK);
    const first = await worker.take();
    await worker.record(first, 1, [log("only a log")]);
    await worker.fail(first);
    await worker.record(await worker.take(), 1, [output("A")]);
    scene.clock.advance(20_001);
    assert.equal((await scene.end(taskId)).state, TaskState.FAILED);
  });

  it("SKIP: as many outputs are dropped as are recorded", async (scene) => {
    const { worker, taskId, taskState, next } = await twoAttempts(scene, OutputRetry.SKIP);
    assert.notEqual(taskState, TaskState.FAILED);
    const lease = await next();
    assert.equal(lease.outputCount, 2n);
    await worker.record(lease, 1, [output("A"), log("m")]);
    await worker.record(lease, 3, [output("B"), output("C"), output("D")]);
    assert.deepEqual(await shown(scene, taskId), ["1:A", "1:l", "1:B", "2:m", "2:C", "2:D"]);
    const result = await worker.report(
      lease,
      { case: "success", value: {} as never },
      { eventCount: 5n },
    );
    assert.equal(result.taskState, TaskState.SUCCEEDED);
  });

  it("RESTART: they start again, told apart by their attempt", async (scene) => {
    const { worker, taskId, next } = await twoAttempts(scene, OutputRetry.RESTART);
    await worker.record(await next(), 1, [output("A")]);
    assert.deepEqual(await shown(scene, taskId), ["1:A", "1:l", "1:B", "2:A"]);
  });
});

onBothBackends("limits of outputs", (it) => {
  it("their number", { limits: { maxOutputsPerTask: 2 } }, async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 1, [output("A"), output("B")]);
    const third = worker.record(lease, 3, [output("C")]);
    await assert.rejects(third, refusal("TOO_MANY_EVENTS"));
    await worker.record(lease, 3, [log("still logging")]);
    assert.deepEqual(await shown(scene, taskId), ["1:A", "1:B", "1:still logging"]);
  });

  it("their bytes", { limits: { maxOutputBytesPerTask: 1_000 } }, async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 1, [output("x".repeat(900))]);
    const second = worker.record(lease, 2, [output("x".repeat(100))]);
    await assert.rejects(second, refusal("TOO_MANY_EVENTS"));
  });
});
