/** Parked polls: what wakes them, and what does not. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { DirectiveKind, LeaseVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { ms, onBothBackends } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

onBothBackends("long polls", (it) => {
  it("an empty poll answers when its wait is over", async (scene) => {
    const worker = await TestWorker.open(scene);
    const startedAt = performance.now();
    assert.deepEqual((await worker.poll(1, 50)).tasks, []);
    assert.ok(performance.now() - startedAt >= 45);
  });

  it("arriving work wakes a parked poll", async (scene) => {
    const worker = await TestWorker.open(scene);
    const parked = worker.take();
    await sleep(10);
    const task = await scene.enqueue();
    assert.equal((await parked).taskId, task.taskId);
  });

  it("work that becomes due wakes it too", async (scene) => {
    const worker = await TestWorker.open(scene);
    const parked = worker.take();
    await sleep(5);
    const startedAt = performance.now();
    const task = await scene.enqueue({}, { start: { case: "delay", value: ms(60) } });
    assert.equal((await parked).taskId, task.taskId);
    assert.ok(performance.now() - startedAt >= 50);
  });

  it("a delay that was there before the poll is waited for", async (scene) => {
    const task = await scene.enqueue({}, { start: { case: "delay", value: ms(60) } });
    const worker = await TestWorker.open(scene);
    assert.equal((await worker.take()).taskId, task.taskId);
  });

  it("one task wakes one poll, the one that waits longest", async (scene) => {
    const worker = await TestWorker.open(scene);
    const answers: number[] = [];
    const stop = new AbortController();
    const polls = [0, 1, 2].map(async (index) => {
      await sleep(index * 5);
      const { tasks } = await worker.poll(1, 10_000, { signal: stop.signal });
      if (tasks.length > 0) answers.push(index);
    });
    await sleep(40);
    const handOuts = countHandOuts(scene.storage);
    await scene.enqueue();
    while (answers.length === 0) await sleep(1);
    await sleep(20);
    assert.deepEqual(answers, [0]);
    assert.ok(handOuts.count <= 1, `${handOuts.count} polls looked`);
    stop.abort();
    await Promise.allSettled(polls);
  });

  it("a batch wakes as many polls as it fills", async (scene) => {
    const worker = await TestWorker.open(scene);
    const polls = Array.from({ length: 5 }, () => worker.take());
    await sleep(10);
    const requests = Array.from({ length: 5 }, () => ({ spec: { name: "math.add" } }));
    await scene.tasks.batchEnqueueTasks({ requests });
    const ids = (await Promise.all(polls)).map((lease) => lease.taskId);
    assert.equal(new Set(ids).size, 5);
  });

  it("a poll that was abandoned leaves its work to the next", async (scene) => {
    const worker = await TestWorker.open(scene);
    const gone = new AbortController();
    const abandoned = worker.poll(1, 10_000, { signal: gone.signal }).catch(() => undefined);
    await sleep(5);
    const next = worker.take();
    await sleep(5);
    const enqueued = scene.enqueue();
    gone.abort();
    const task = await enqueued;
    assert.equal((await next).taskId, task.taskId);
    await abandoned;
  });

  it("a poll that was woken and is gone leaves its work to the next", async (scene) => {
    const worker = await TestWorker.open(scene);
    const gone = new AbortController();
    const abandoned = worker.poll(1, 10_000, { signal: gone.signal }).catch(() => undefined);
    await sleep(5);
    const next = worker.take();
    await sleep(5);
    // Heard after the dispatcher, which has woken the first poll by then.
    const end = scene.pipeline.backend.onWork(() => gone.abort());
    const task = await scene.enqueue();
    assert.equal((await next).taskId, task.taskId);
    await abandoned;
    end();
  });

  it("a poll that leaves work wakes the next", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.admin.pauseQueue({ name: "default" });
    for (let count = 0; count < 3; count++) await scene.enqueue();
    const polls = Array.from({ length: 3 }, () => worker.take());
    await toldAll();
    // Wakes one of them.
    await scene.admin.resumeQueue({ name: "default" });
    const ids = (await Promise.all(polls)).map((lease) => lease.taskId);
    assert.equal(new Set(ids).size, 3);
  });

  it("nothing of a paused queue, and resuming wakes", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.admin.pauseQueue({ name: "default" });
    const task = await scene.enqueue();
    await worker.takeNothing();
    const parked = worker.take();
    await toldAll();
    await scene.admin.resumeQueue({ name: "default" });
    assert.equal((await parked).taskId, task.taskId);
  });

  it("a cancel answers the parked poll of the lease's session early", async (scene) => {
    const worker = await TestWorker.open(scene);
    const task = await scene.enqueue();
    const lease = await worker.take();
    const parked = worker.poll(1, 10_000);
    await sleep(5);
    await scene.tasks.cancelTask({ taskId: task.taskId, reason: "enough" });
    const { tasks, leaseStatuses } = await parked;
    assert.deepEqual(tasks, []);
    assert.equal(leaseStatuses.length, 1);
    assert.deepEqual(leaseStatuses[0]!.leaseToken, lease.leaseToken);
    assert.equal(leaseStatuses[0]!.verdict, LeaseVerdict.CANCEL_REQUESTED);
    assert.equal(leaseStatuses[0]!.cancelReason, "enough");
  });

  it("so does a poll without credit, and a revoked lease is LOST", async (scene) => {
    const worker = await TestWorker.open(scene);
    const task = await scene.enqueue();
    await worker.take();
    const parked = worker.poll(0, 10_000);
    await sleep(5);
    await scene.tasks.cancelTask({ taskId: task.taskId, forceAfter: ms(0) });
    const { leaseStatuses } = await parked;
    assert.deepEqual(
      leaseStatuses.map((status) => status.verdict),
      [LeaseVerdict.LOST],
    );
  });

  it("a draining session is offered nothing, and its parked poll answers", async (scene) => {
    const worker = await TestWorker.open(scene);
    const parked = worker.poll(1, 10_000);
    await sleep(5);
    await worker.heartbeat([], { draining: true });
    assert.deepEqual((await parked).tasks, []);
    const task = await scene.enqueue();
    await worker.takeNothing();
    const other = await TestWorker.open(scene);
    assert.equal((await other.take()).taskId, task.taskId);
  });

  it("an operator's drain answers the parked poll, and every call until the end", async (scene) => {
    const worker = await TestWorker.open(scene);
    const parked = worker.poll(1, 10_000);
    await sleep(5);
    await scene.admin.drainWorker({ sessionId: worker.sessionId, reason: "deploy" });
    const drain = [{ kind: DirectiveKind.DRAIN, reason: "deploy" }];
    for (const { directives } of [await parked, await worker.heartbeat(), await worker.poll(1, 5)])
      assert.deepEqual(
        directives.map(({ kind, reason }) => ({ kind, reason })),
        drain,
      );
    await scene.enqueue();
    await worker.takeNothing();
    await worker.register();
    await worker.takeNothing();
  });

  it("an unregistered session's poll answers", async (scene) => {
    const worker = await TestWorker.open(scene);
    const parked = worker.poll(1, 10_000);
    await sleep(5);
    await worker.unregister();
    assert.deepEqual((await parked).tasks, []);
  });
});

/** Until no notice is under way that would wake a poll; in memory each takes a few turns of the loop. */
async function toldAll(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Counts the hand-outs from now on. */
function countHandOuts(storage: { handOut: (params: never) => Promise<unknown> }): {
  count: number;
} {
  const counted = { count: 0 };
  const handOut = storage.handOut.bind(storage);
  storage.handOut = (params: never) => {
    counted.count++;
    return handOut(params);
  };
  return counted;
}
