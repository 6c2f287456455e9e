/** The rescuer leaves leases alone while it can't tell healthy workers from lost ones. */
import assert from "node:assert/strict";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseVerdict, type LeasedTask } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { onBothBackends, type Scene } from "./setup.ts";
import { log, TestWorker } from "./test-worker.ts";

const timings = { heartbeatIntervalMs: 100, sweepIntervalMs: 20 };

onBothBackends("rescuer", (it) => {
  it(
    "after a jump of the clock, workers get two heartbeats to renew",
    { timings },
    async (scene) => {
      const worker = await TestWorker.open(scene);
      const { taskId } = await scene.enqueue();
      const lease = await worker.take();
      await worker.renew(lease);
      const jumpedAt = performance.now();
      scene.clock.advance(25_000);
      while (performance.now() - jumpedAt < 120) {
        await worker.heartbeat();
        assert.equal((await scene.get(taskId)).state, TaskState.RUNNING);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.HELD);
      await new Promise((resolve) => setTimeout(resolve, 200));
      assert.equal((await scene.get(taskId)).state, TaskState.RUNNING);
    },
  );

  it("then it takes what was not renewed", { timings }, async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.renew(await worker.take());
    const jumpedAt = performance.now();
    scene.clock.advance(25_000);
    await scene.until(taskId, (task) => task.state === TaskState.PENDING);
    assert.ok(performance.now() - jumpedAt >= 190);
  });

  it("a new server waits likewise", { timings }, async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.renew(await worker.take());
    await scene.pipeline.stop();
    scene.clock.advance(25_000);
    const startedAt = performance.now();
    const later = await scene.openServer();
    const { task } = await later.tasks.awaitTask({
      taskId,
      wait: { seconds: 5n },
      afterRevision: 2n,
    });
    assert.equal(task!.state, TaskState.PENDING);
    assert.ok(performance.now() - startedAt >= 190);
  });

  const looking = { timings: { ...timings, sweepIntervalMs: 500, deliveryTimeoutMs: 200 } };

  it("a lease that is confirmed while a sweep looks is left alone", looking, (scene) =>
    heldBeside(scene, (worker, lease) => worker.record(lease, 1, [log("here")])),
  );

  it("a lease that is renewed while a sweep looks is left alone", looking, (scene) =>
    heldBeside(scene, (worker, lease) => worker.renew(lease)),
  );

  it(
    "a sweep that waited for the datastore gives workers two heartbeats from its answer",
    { timings: { ...timings, deliveryTimeoutMs: 30 } },
    async (scene) => {
      const worker = await TestWorker.open(scene);
      const overdue = scene.storage.overdue.bind(scene.storage);
      const asked = Promise.withResolvers<void>();
      const isBack = Promise.withResolvers<void>();
      scene.storage.overdue = async (params) => {
        asked.resolve();
        await isBack.promise;
        return overdue(params);
      };
      await asked.promise;
      await scene.enqueue();
      const lease = await worker.take();
      await new Promise((resolve) => setTimeout(resolve, 60));
      isBack.resolve();
      await new Promise((resolve) => setTimeout(resolve, 60));
      assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.HELD);
    },
  );

  const patient = { timings: { ...timings, heartbeatIntervalMs: 2_000 } };

  it("waiting tasks past their deadline are not spared", patient, async (scene) => {
    const { taskId } = await scene.enqueue({ pendingTimeout: { seconds: 5n } });
    const jumpedAt = performance.now();
    scene.clock.advance(6_000);
    assert.equal((await scene.end(taskId)).state, TaskState.EXPIRED);
    assert.ok(performance.now() - jumpedAt < 2_000);
  });
});

/** The lease is held still after `act` came between a sweep's look and its writes. */
async function heldBeside(
  scene: Scene,
  act: (worker: TestWorker, lease: LeasedTask) => Promise<unknown>,
): Promise<void> {
  const worker = await TestWorker.open(scene);
  await scene.enqueue();
  const lease = await worker.take();
  const swept = Promise.withResolvers<void>();
  const overdue = scene.storage.overdue.bind(scene.storage);
  let isFound = false;
  scene.storage.overdue = async (params) => {
    if (isFound) swept.resolve();
    const found = await overdue(params);
    if (found.records.length === 0) return found;
    isFound = true;
    await act(worker, lease);
    return found;
  };
  await swept.promise;
  assert.equal((await worker.renew(lease)).verdict, LeaseVerdict.HELD);
}
