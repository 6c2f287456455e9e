/** Retention: terminal tasks go when their time is over, with all that belongs to them. */
import assert from "node:assert/strict";
import { ConflictPolicy } from "../../gen/qtasksapi/v1/task_pb.ts";
import { ms, onBothBackends, refusal, type Scene } from "./setup.ts";
import { output, TestWorker } from "./test-worker.ts";

/** The sweep of a new server comes at once; that of the others follows real time. */
async function purgeAfter(scene: Scene, passMs: number): Promise<void> {
  scene.clock.advance(passMs);
  const before = scene.storage.purge.bind(scene.storage);
  const swept = Promise.withResolvers<void>();
  scene.storage.purge = async (params) => {
    const purged = await before(params);
    swept.resolve();
    return purged;
  };
  await scene.openServer();
  await swept.promise;
}

onBothBackends("purge", (it) => {
  it("what is past its retention goes, the rest stays", async (scene) => {
    const worker = await TestWorker.open(scene);
    const short = await scene.enqueue({ retention: ms(120_000) });
    await worker.succeed(await worker.take());
    const long = await scene.enqueue({ retention: ms(3_600_000) });
    await worker.succeed(await worker.take());
    const waiting = await scene.enqueue({ retention: ms(60_000) });
    await purgeAfter(scene, 119_000);
    assert.equal((await scene.get(short.taskId)).taskId, short.taskId);
    await purgeAfter(scene, 2_000);
    await assert.rejects(scene.get(short.taskId), refusal("TASK_NOT_FOUND"));
    for (const { taskId } of [long, waiting])
      assert.equal((await scene.get(taskId)).taskId, taskId);
  });

  it("with its events, its unique key, and its place in lists and counts", async (scene) => {
    const worker = await TestWorker.open(scene);
    const unique = { key: "k", onConflict: ConflictPolicy.REJECT, window: ms(3_600_000) };
    const { taskId } = await scene.enqueue({ retention: ms(60_000) }, { spec: { unique } });
    const lease = await worker.take();
    await worker.record(lease, 1, [output("A")]);
    await worker.succeed(lease);
    await assert.rejects(scene.enqueue({}, { spec: { unique } }), refusal("UNIQUE_KEY_HELD"));
    await purgeAfter(scene, 61_000);
    await assert.rejects(scene.tasks.listTaskEvents({ taskId }), refusal("TASK_NOT_FOUND"));
    assert.deepEqual((await scene.tasks.listTasks({})).tasks, []);
    assert.equal((await scene.tasks.countTasks({})).count, 0n);
    await scene.enqueue({}, { taskId, spec: { unique } });
    assert.deepEqual((await scene.tasks.listTaskEvents({ taskId })).events, []);
  });
});
