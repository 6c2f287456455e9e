/** Unique keys: the three policies, and when a key is free. */
import assert from "node:assert/strict";
import { ConflictPolicy, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { ms, NAME, onBothBackends, refusal, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const { REJECT, REPLACE_PENDING, RETURN_EXISTING } = ConflictPolicy;

function enqueue(scene: Scene, onConflict: ConflictPolicy, windowMs?: number, key = "order-1") {
  const unique = { key, onConflict, ...(windowMs !== undefined && { window: ms(windowMs) }) };
  return scene.tasks.enqueueTask({ spec: { name: NAME, unique } });
}

onBothBackends("unique keys", (it) => {
  it("RETURN_EXISTING, which is the default, answers with the holder", async (scene) => {
    const first = await enqueue(scene, RETURN_EXISTING);
    for (const policy of [RETURN_EXISTING, ConflictPolicy.UNSPECIFIED]) {
      const again = await enqueue(scene, policy);
      assert.equal(again.created, false);
      assert.equal(again.task!.taskId, first.task!.taskId);
    }
  });

  it("REJECT refuses and names the holder", async (scene) => {
    const first = await enqueue(scene, REJECT);
    await assert.rejects(enqueue(scene, REJECT), (error: Error) => {
      assert.match(error.message, new RegExp(first.task!.taskId));
      return refusal("UNIQUE_KEY_HELD")(error);
    });
  });

  it("other keys and other names are free", async (scene) => {
    await scene.system.applyTaskDefinitions({ definitions: [{ name: "other" }] });
    await enqueue(scene, REJECT);
    assert.equal((await enqueue(scene, REJECT, undefined, "order-2")).created, true);
    const unique = { key: "order-1", onConflict: REJECT };
    const other = await scene.tasks.enqueueTask({ spec: { name: "other", unique } });
    assert.equal(other.created, true);
  });

  it("REPLACE_PENDING cancels the holder that has not started", async (scene) => {
    const first = await enqueue(scene, REPLACE_PENDING);
    const second = await enqueue(scene, REPLACE_PENDING);
    assert.equal(second.created, true);
    const replaced = await scene.get(first.task!.taskId);
    assert.equal(replaced.state, TaskState.CANCELED);
    assert.equal(replaced.cancelReason, `replaced by ${second.task!.taskId}`);
    const worker = await TestWorker.open(scene);
    assert.equal((await worker.take()).taskId, second.task!.taskId);
    await worker.takeNothing();
  });

  it("REPLACE_PENDING refuses where the holder has started, running or not", async (scene) => {
    const worker = await TestWorker.open(scene);
    await enqueue(scene, REPLACE_PENDING);
    const lease = await worker.take();
    await assert.rejects(enqueue(scene, REPLACE_PENDING), refusal("UNIQUE_KEY_HELD"));
    await worker.fail(lease);
    await assert.rejects(enqueue(scene, REPLACE_PENDING), refusal("UNIQUE_KEY_HELD"));
  });

  it("of many that replace each other one is left", async (scene) => {
    const calls = Array.from({ length: 10 }, () => enqueue(scene, REPLACE_PENDING));
    const ids = (await Promise.all(calls)).map((answer) => answer.task!.taskId);
    const { tasks } = await scene.tasks.batchGetTasks({ taskIds: ids });
    const states = tasks.map((task) => task.state);
    assert.equal(states.filter((state) => state === TaskState.PENDING).length, 1);
    assert.equal(states.filter((state) => state === TaskState.CANCELED).length, 9);
  });

  it("a holder that ended leaves the key free", async (scene) => {
    const worker = await TestWorker.open(scene);
    for (const policy of [RETURN_EXISTING, REJECT, REPLACE_PENDING]) {
      assert.equal((await enqueue(scene, policy)).created, true);
      await worker.succeed(await worker.take());
    }
  });

  it("a window holds the key whether the task has ended or not", async (scene) => {
    const worker = await TestWorker.open(scene);
    const first = await enqueue(scene, RETURN_EXISTING, 60_000);
    await worker.succeed(await worker.take());
    const again = await enqueue(scene, RETURN_EXISTING, 60_000);
    assert.equal(again.created, false);
    assert.equal(again.task!.taskId, first.task!.taskId);
    assert.equal(again.task!.state, TaskState.SUCCEEDED);
    await assert.rejects(enqueue(scene, REJECT), refusal("UNIQUE_KEY_HELD"));
    await assert.rejects(enqueue(scene, REPLACE_PENDING), refusal("UNIQUE_KEY_HELD"));
    scene.clock.advance(60_000);
    assert.equal((await enqueue(scene, REJECT, 60_000)).created, true);
  });

  it("a holder that ended unstarted within its window is replaced", async (scene) => {
    const first = await enqueue(scene, REPLACE_PENDING, 60_000);
    await scene.tasks.cancelTask({ taskId: first.task!.taskId });
    assert.equal((await enqueue(scene, RETURN_EXISTING)).created, false);
    assert.equal((await enqueue(scene, REPLACE_PENDING)).created, true);
  });

  it("a holder canceled after its start is not replaced within its window", async (scene) => {
    const worker = await TestWorker.open(scene);
    await enqueue(scene, REPLACE_PENDING, 60_000);
    await worker.cancel(await worker.take());
    await assert.rejects(enqueue(scene, REPLACE_PENDING), refusal("UNIQUE_KEY_HELD"));
  });
});
