/** Outcomes: each kind, and the verdicts on repeats, latecomers and what can't be accepted. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import {
  AttemptState,
  FailureKind,
  FailureSchema,
  TaskState,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeSchema, OutcomeVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { timestampMs } from "../../src/core/duration.ts";
import { ms, onBothBackends } from "./setup.ts";
import { TestWorker, log } from "./test-worker.ts";

const { RECORDED, REFUSED, STALE } = OutcomeVerdict;
const ONE = { retryPolicy: { maxAttempts: 1 } };

onBothBackends("outcomes", (it) => {
  it("success: the result is kept, the failure is not", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: { initialBackoff: ms(0) } });
    await worker.fail(await worker.take());
    const result = await worker.succeed(await worker.take(), "42");
    assert.equal(result.verdict, RECORDED);
    assert.equal(result.taskState, TaskState.SUCCEEDED);
    const task = await scene.get(taskId);
    assert.deepEqual(task.result!.body, { case: "text", value: "42" });
    assert.equal(task.failure, undefined);
    assert.equal(task.attemptCount, 2);
    assert.deepEqual(
      task.attempts.map(({ number, state }) => [number, state]),
      [
        [1, AttemptState.FAILED],
        [2, AttemptState.SUCCEEDED],
      ],
    );
    assert.equal(timestampMs(task.purgeTime!) - timestampMs(task.endTime!), 86_400_000);
  });

  it("is answered when it is written, no sooner", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    const write = scene.storage.write.bind(scene.storage);
    const gate = Promise.withResolvers<void>();
    scene.storage.write = async (params) => {
      await gate.promise;
      return write(params);
    };
    let isAnswered = false;
    const reporting = worker.succeed(lease).finally(() => (isAnswered = true));
    await sleep(20);
    assert.equal(isAnswered, false);
    gate.resolve();
    assert.equal((await reporting).verdict, RECORDED);
  });

  it("failure: the last one is kept, with what the worker said", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue(ONE);
    const failure = { code: 13, type: "acme.Broken", stackTrace: "at x", source: "node/24" };
    assert.equal((await worker.fail(await worker.take(), failure)).taskState, TaskState.FAILED);
    const task = await scene.get(taskId);
    assert.equal(task.failure!.kind, FailureKind.APPLICATION);
    const { code, type, message, stackTrace, source } = task.failure!;
    assert.deepEqual({ code, type, message, stackTrace, source }, { ...failure, message: "boom" });
    assert.deepEqual(task.attempts[0]!.failure, task.failure);
  });

  it("canceled: the handler's word counts, also where nobody asked", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    assert.equal(
      (await worker.cancel(await worker.take(), "no use")).taskState,
      TaskState.CANCELED,
    );
    const task = await scene.get(taskId);
    assert.equal(task.failure!.kind, FailureKind.CANCELED);
    assert.equal(task.failure!.message, "no use");
    assert.equal(task.attempts[0]!.state, AttemptState.CANCELED);
  });

  it("release: back at its old place, uncounted", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await scene.enqueue({}, { taskId: "second" });
    assert.equal((await worker.release(await worker.take())).taskState, TaskState.PENDING);
    const task = await scene.get(taskId);
    assert.equal(task.attemptCount, 0);
    assert.equal(task.attempts[0]!.state, AttemptState.RELEASED);
    assert.equal((await worker.take()).taskId, taskId);
  });

  it("release with a delay: later, at a new place", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const released = await worker.release(await worker.take(), 5_000);
    assert.equal(released.taskState, TaskState.RETRYING);
    await worker.takeNothing();
    await scene.enqueue({}, { taskId: "second", start: { case: "delay", value: ms(1_000) } });
    scene.clock.advance(6_000);
    assert.equal((await worker.take()).taskId, "second");
    assert.equal((await worker.take()).taskId, taskId);
    assert.equal((await scene.get(taskId)).attemptCount, 1);
  });

  it("the same report again is RECORDED, any other STALE", async (scene) => {
    const worker = await TestWorker.open(scene);
    const kinds = ["succeed", "fail", "cancel", "release"] as const;
    for (const kind of kinds) {
      await scene.enqueue(ONE);
      const lease = await worker.take();
      const first = await worker[kind](lease);
      for (const other of kinds) {
        const again = await worker[other](lease);
        const same = other === kind || (kind === "cancel" && other === "release");
        assert.equal(again.verdict, same ? RECORDED : STALE, `${kind}, then ${other}`);
        assert.equal(again.taskState, first.taskState);
      }
      if (kind === "release") await worker.succeed(await worker.take());
    }
  });

  it("of reports at the same time one is RECORDED", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue(ONE);
    const lease = await worker.take();
    const results = await Promise.all([
      worker.succeed(lease),
      worker.fail(lease),
      worker.cancel(lease),
    ]);
    assert.equal(results.filter(({ verdict }) => verdict === RECORDED).length, 1);
    assert.equal(results.filter(({ verdict }) => verdict === STALE).length, 2);
  });

  it("a task that is gone: STALE", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue(ONE);
    const lease = await worker.take();
    await worker.succeed(lease);
    await scene.tasks.deleteTask({ taskId });
    assert.equal((await worker.succeed(lease)).verdict, STALE);
  });

  it("verdicts one by one: what is wrong with one outcome costs the others nothing", async (scene) => {
    const worker = await TestWorker.open(scene);
    for (let count = 0; count < 3; count++) await scene.enqueue(ONE);
    const leases = [await worker.take(), await worker.take(), await worker.take()];
    const [first, second, third] = leases.map(({ leaseToken }) => ({ leaseToken }));
    const unknown = create(FailureSchema, { kind: 99 as FailureKind });
    const { results } = await scene.workers.reportOutcomes({
      sessionId: worker.sessionId,
      outcomes: [
        create(OutcomeSchema, { ...first, kind: { case: "success", value: {} } }),
        create(OutcomeSchema, second),
        create(OutcomeSchema, { ...third, kind: { case: "failure", value: unknown } }),
      ],
    });
    assert.deepEqual(
      results.map(({ verdict, error }) => [verdict, error?.reason]),
      [
        [RECORDED, undefined],
        [REFUSED, "FIELD_VIOLATION"],
        [REFUSED, "FIELD_VIOLATION"],
      ],
    );
    assert.match(results[2]!.error!.message, /outcomes\[2\]\.failure\.kind/);
    assert.equal((await worker.succeed(leases[1]!)).verdict, RECORDED);
  });
});

const limits = { maxPayloadBytes: 100, maxCheckpointBytes: 10 };

onBothBackends("outcomes that are refused", (it) => {
  it(
    "too large a result: the lease is kept, a smaller one is RECORDED",
    { limits },
    async (scene) => {
      const worker = await TestWorker.open(scene);
      await scene.enqueue();
      const lease = await worker.take();
      const refused = await worker.succeed(lease, "x".repeat(101));
      assert.equal(refused.verdict, REFUSED);
      assert.equal(refused.error!.reason, "PAYLOAD_TOO_LARGE");
      assert.equal(refused.error!.code, 8);
      assert.equal(refused.taskState, TaskState.RUNNING);
      assert.match(refused.error!.message, /101 bytes; the limit is 100/);
      assert.equal((await worker.succeed(lease, "x".repeat(100))).verdict, RECORDED);
      assert.equal((await worker.succeed(lease, "x".repeat(100))).verdict, RECORDED);
    },
  );

  it("too large a checkpoint likewise", { limits }, async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    const report = (length: number) =>
      worker.report(
        lease,
        { case: "release", value: {} },
        { checkpoint: { body: { case: "text", value: "x".repeat(length) } } },
      );
    assert.equal((await report(11)).error!.reason, "PAYLOAD_TOO_LARGE");
    assert.equal((await report(10)).verdict, RECORDED);
  });

  it("of a lease that is over: STALE whatever its size", { limits }, async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    await worker.release(lease);
    assert.equal((await worker.succeed(lease, "x".repeat(101))).verdict, STALE);
  });

  it("events missing: refused until they came", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue();
    const lease = await worker.take();
    const succeed = () => worker.report(lease, { case: "success", value: {} }, { eventCount: 2n });
    await worker.record(lease, 1, [log("one")]);
    const refused = await succeed();
    assert.equal(refused.verdict, REFUSED);
    assert.equal(refused.error!.reason, "EVENTS_MISSING");
    assert.equal(refused.error!.code, 9);
    await worker.record(lease, 2, [log("two")]);
    assert.equal((await succeed()).verdict, RECORDED);
  });
});
