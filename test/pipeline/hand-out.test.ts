/** Which tasks a poll gets, and in which order. */
import assert from "node:assert/strict";
import { DirectiveKind } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs } from "../../src/core/duration.ts";
import { ms, NAME, onBothBackends, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

/** Takes tasks one by one until there are so many ids. */
async function takeIds(worker: TestWorker, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) ids.push((await worker.take()).taskId);
  return ids;
}

/** All that was enqueued waits in the broker too. */
async function settled(scene: Scene): Promise<void> {
  await scene.pipeline.lanes.idle();
  await new Promise((resolve) => setImmediate(resolve));
}

onBothBackends("hand out", (it) => {
  it("only names that the session lists, from queues that it serves", async (scene) => {
    const definitions = [{ name: "a", options: { queue: "q1" } }, { name: "b" }];
    await scene.system.applyTaskDefinitions({ definitions });
    const enqueue = (name: string, queue: string) =>
      scene.tasks.enqueueTask({
        taskId: `${name} ${queue}`.replace(" ", "-"),
        spec: { name, options: { queue } },
      });
    await enqueue("a", "q1");
    await enqueue("b", "q1");
    await enqueue("a", "q2");
    const worker = await TestWorker.open(scene, { definitions: [definitions[0]!] });
    assert.deepEqual(await takeIds(worker, 1), ["a-q1"]);
    await worker.takeNothing();
    const wide = await TestWorker.open(scene, { definitions, queues: ["q1", "q2"] });
    assert.deepEqual((await takeIds(wide, 2)).sort(), ["a-q2", "b-q1"]);
  });

  it("what a worker is given: spec, times, tokens, numbers", async (scene) => {
    const payload = { body: { case: "text", value: "[1,2]" } } as const;
    const spec = { name: NAME, payload, headers: { traceparent: "00-1" } };
    const task = await scene.enqueue({ attemptTimeout: ms(9_000) }, { spec });
    const lease = await (await TestWorker.open(scene)).take();
    assert.equal(lease.taskId, task.taskId);
    assert.deepEqual(lease.spec!.payload!.body, payload.body);
    assert.deepEqual(lease.spec!.headers, spec.headers);
    assert.equal(lease.attempt, 1);
    assert.equal(lease.fencingToken, 1n);
    assert.ok(durationMs(lease.attemptTtl!) > 8_000 && durationMs(lease.attemptTtl!) <= 9_000);
    assert.ok(durationMs(lease.leaseTtl!) > 13_000 && durationMs(lease.leaseTtl!) <= 14_000);
    assert.deepEqual(lease.createTime, task.createTime);
    assert.equal(lease.previousFailure, undefined);
  });

  it("by priority, then by due time", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue(
      { priority: 0 },
      { taskId: "later", start: { case: "delay", value: ms(2_000) } },
    );
    await scene.enqueue(
      { priority: 0 },
      { taskId: "sooner", start: { case: "delay", value: ms(1_000) } },
    );
    await scene.enqueue({ priority: -1 }, { taskId: "low" });
    await scene.enqueue(
      { priority: 5 },
      { taskId: "high", start: { case: "delay", value: ms(2_500) } },
    );
    await settled(scene);
    scene.clock.advance(3_000);
    const { tasks } = await worker.poll(10, 1_000);
    assert.deepEqual(
      tasks.map((task) => task.taskId),
      ["high", "sooner", "later", "low"],
    );
  });

  it("the queues of a worker in turn, starting after the one that gave last", async (scene) => {
    const queues = ["a", "b", "c"];
    for (const queue of queues)
      for (const number of [1, 2, 3])
        await scene.enqueue({ queue }, { taskId: `${queue}${number}` });
    await settled(scene);
    const worker = await TestWorker.open(scene, { queues });
    const turns = (await takeIds(worker, 9)).map((id) => id[0]);
    assert.deepEqual(turns, ["a", "b", "c", "a", "b", "c", "a", "b", "c"]);
  });

  it("no more than the credit, and no more than exist", async (scene) => {
    for (let count = 0; count < 5; count++) await scene.enqueue();
    await settled(scene);
    const worker = await TestWorker.open(scene);
    assert.equal((await worker.poll(3)).tasks.length, 3);
    assert.equal((await worker.poll(3, 1_000)).tasks.length, 2);
  });

  it("no more than max_bytes, but one at the least", async (scene) => {
    const payload = { body: { case: "text", value: "x".repeat(10_000) } } as const;
    const spec = { name: NAME, payload };
    for (let count = 0; count < 5; count++) await scene.enqueue({}, { spec });
    await settled(scene);
    const worker = await TestWorker.open(scene);
    assert.equal((await worker.poll(5, 0, { maxBytes: 25_000 })).tasks.length, 2);
    assert.equal((await worker.poll(5, 1_000, { maxBytes: 100 })).tasks.length, 1);
    assert.equal((await worker.poll(5, 1_000)).tasks.length, 2);
  });

  it("checkpoints and failures count too; what does not fit stays uncounted", async (scene) => {
    const worker = await TestWorker.open(scene);
    const data = new Uint8Array(10_000);
    const checkpoint = { body: { case: "data", value: data } } as const;
    for (let count = 0; count < 4; count++) await scene.enqueue({ queue: `q${count}` });
    const queues = ["q0", "q1", "q2", "q3"];
    await worker.register({ queues });
    for (let count = 0; count < 4; count++) {
      const kind = { case: "release", value: {} } as const;
      const lease = await worker.take();
      await worker.report(lease, kind, { checkpoint });
      await settled(scene);
    }
    const { tasks } = await worker.poll(4, 1_000, { maxBytes: 25_000 });
    assert.equal(tasks.length, 2);
    assert.equal(tasks[0]!.checkpoint!.body.value!.length, 10_000);
    const rest = [await worker.take(), await worker.take()];
    for (const { taskId } of rest) assert.equal((await scene.get(taskId)).attemptCount, 1);
  });

  it("a poll without credit gets no tasks", async (scene) => {
    await scene.enqueue();
    await settled(scene);
    const worker = await TestWorker.open(scene);
    assert.deepEqual((await worker.poll(0, 20)).tasks, []);
  });

  it("a session that nobody knows is told to register", async (scene) => {
    await scene.enqueue();
    const stranger = new TestWorker(scene, "nobody");
    for (const { directives } of [await stranger.poll(), await stranger.heartbeat()])
      assert.deepEqual(
        directives.map((directive) => directive.kind),
        [DirectiveKind.REGISTER],
      );
  });
});
