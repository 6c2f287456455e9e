/** Awaiting one task and many. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { StorageNotice, TaskChange } from "../../src/storage/storage.ts";
import { ms, NAME, onBothBackends, PATIENCE_MS, refusal, type Scene } from "./setup.ts";
import { log, TestWorker } from "./test-worker.ts";

const LONG = ms(PATIENCE_MS);

/** Counts the records that are read from now on. */
function countReads({ storage }: Scene): () => number {
  let reads = 0;
  const read = storage.read.bind(storage);
  storage.read = (params) => {
    reads += params.ids.length;
    return read(params);
  };
  return () => reads;
}

/** From now on the verdicts of writes come when `verdict` is resolved, long after the notices. */
function holdVerdicts({ storage }: Scene, verdict: Promise<void>): void {
  const write = storage.write.bind(storage);
  storage.write = async (params) => {
    const verdicts = await write(params);
    await verdict;
    return verdicts;
  };
}

/** Long before a wait of {@link LONG} is over. */
function assertAtOnce(startedAt: number): void {
  const elapsedMs = performance.now() - startedAt;
  assert.ok(elapsedMs < PATIENCE_MS / 2, `after ${elapsedMs} ms`);
}

/** Holds the answer to the storage's next read back until `act` has ended a task and the notice was delivered. */
function whileRead(scene: Scene, act: () => Promise<unknown>): void {
  const read = scene.storage.read.bind(scene.storage);
  scene.storage.read = async (params) => {
    scene.storage.read = read;
    const records = await read(params);
    // The server has subscribed before, and so hears before.
    const told = new Promise<void>((resolve) => {
      const end = scene.storage.subscribe((notice) => {
        if (notice.kind !== "changes" || !notice.changes.some(isEnd)) return;
        end();
        resolve();
      });
    });
    await act();
    await told;
    return records;
  };
}

function isEnd({ state }: TaskChange): boolean {
  return state === TaskState.SUCCEEDED;
}

onBothBackends("await one", (it) => {
  it("a task that has ended is answered at once, with its result", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.succeed(await worker.take());
    const { task, done } = await scene.tasks.awaitTask({ taskId, wait: LONG });
    assert.equal(done, true);
    assert.deepEqual(task!.result!.body, { case: "text", value: "42" });
  });

  it("one that ends later is answered then", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const awaited = scene.tasks.awaitTask({ taskId, wait: LONG });
    const lease = await worker.take();
    await worker.record(lease, 1, [log("no end yet")]);
    await worker.succeed(lease);
    assert.equal((await awaited).done, true);
  });

  it("one that ends while its record is read is answered at once", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    whileRead(scene, () => worker.succeed(lease));
    const startedAt = performance.now();
    assert.equal((await scene.tasks.awaitTask({ taskId, wait: LONG })).done, true);
    assertAtOnce(startedAt);
  });

  it("one whose end was not told is read after a gap in the notices", async (scene) => {
    const tell: ((notice: StorageNotice) => void)[] = [];
    const subscribe = scene.storage.subscribe.bind(scene.storage);
    scene.storage.subscribe = (listener) => {
      tell.push(listener);
      return () => undefined;
    };
    const deaf = await scene.openServer();
    scene.storage.subscribe = subscribe;
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const startedAt = performance.now();
    const awaited = deaf.tasks.awaitTask({ taskId, wait: LONG });
    await worker.succeed(await worker.take());
    for (const listener of tell) listener({ kind: "gap" });
    assert.equal((await awaited).done, true);
    assertAtOnce(startedAt);
  });

  it("one that this server ends is not read again, though the notice comes before the verdict", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const reads = countReads(scene);
    const { promise, resolve } = Promise.withResolvers<void>();
    holdVerdicts(scene, promise);
    const awaited = scene.tasks.awaitTask({ taskId, wait: LONG });
    const many = scene.tasks.batchAwaitTasks({ taskIds: [taskId], wait: LONG });
    await sleep(5);
    const before = reads();
    const reported = worker.succeed(lease);
    await sleep(20);
    resolve();
    await reported;
    const { task, done } = await awaited;
    assert.equal(done, true);
    assert.deepEqual(task!.result!.body, { case: "text", value: "42" });
    assert.equal((await many).tasks.length, 1);
    assert.equal(reads(), before);
  });

  it("one whose verdict fails is read: the notice was right", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const { promise, reject } = Promise.withResolvers<void>();
    holdVerdicts(scene, promise);
    const awaited = scene.tasks.awaitTask({ taskId, wait: LONG });
    const startedAt = performance.now();
    const reported = worker.succeed(lease).catch(() => undefined);
    await sleep(20);
    reject(new Error("the answer is lost"));
    assert.equal((await awaited).done, true);
    assertAtOnce(startedAt);
    await reported;
  });

  it("when the wait is over, the state so far", async (scene) => {
    const { taskId } = await scene.enqueue();
    for (const wait of [undefined, ms(0), ms(30)]) {
      const { task, done } = await scene.tasks.awaitTask({ taskId, ...(wait && { wait }) });
      assert.equal(done, false);
      assert.equal(task!.state, TaskState.PENDING);
    }
  });

  it("before the caller's deadline", async (scene) => {
    const { taskId } = await scene.enqueue();
    const answer = await scene.tasks.awaitTask({ taskId, wait: LONG }, { timeoutMs: 200 });
    assert.equal(answer.done, false);
  });

  it("with after_revision: on any change past it", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId, revision } = await scene.enqueue();
    const past = await scene.tasks.awaitTask({ taskId, wait: LONG, afterRevision: 0n });
    assert.equal(past.task!.revision, revision);
    const next = scene.tasks.awaitTask({ taskId, wait: LONG, afterRevision: revision });
    await worker.take();
    const { task, done } = await next;
    assert.equal(done, false);
    assert.equal(task!.state, TaskState.RUNNING);
  });

  it("a task that nobody knows", async (scene) => {
    const unknown = scene.tasks.awaitTask({ taskId: "nobody", wait: LONG });
    await assert.rejects(unknown, refusal("TASK_NOT_FOUND"));
  });

  it("RunTask enqueues and awaits in one", async (scene) => {
    const worker = await TestWorker.open(scene);
    const enqueue = { taskId: "run-1", spec: { name: NAME } };
    const running = scene.tasks.runTask({ enqueue, wait: LONG });
    await worker.succeed(await worker.take());
    const { task, created, done } = await running;
    assert.deepEqual([created, done], [true, true]);
    assert.deepEqual(task!.result!.body, { case: "text", value: "42" });
    const again = await scene.tasks.runTask({ enqueue });
    assert.deepEqual([again.created, again.done], [false, true]);
  });
});

onBothBackends("await many", (it) => {
  it("as soon as min_count have ended, those that have", async (scene) => {
    const worker = await TestWorker.open(scene);
    const taskIds = ["a", "b", "c"];
    for (const taskId of taskIds) await scene.enqueue({}, { taskId });
    const two = scene.tasks.batchAwaitTasks({ taskIds, wait: LONG, minCount: 2 });
    const first = await worker.take();
    await worker.succeed(first);
    const early = await scene.tasks.batchAwaitTasks({ taskIds, wait: LONG });
    assert.deepEqual(
      early.tasks.map((task) => task.taskId),
      [first.taskId],
    );
    const second = await worker.take();
    await worker.succeed(second);
    assert.deepEqual(
      (await two).tasks.map((task) => task.taskId).sort(),
      [first.taskId, second.taskId].sort(),
    );
  });

  it("one that ends while its record is read counts at once", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    whileRead(scene, () => worker.succeed(lease));
    const startedAt = performance.now();
    const { tasks } = await scene.tasks.batchAwaitTasks({ taskIds: [taskId], wait: LONG });
    assert.equal(tasks.length, 1);
    assertAtOnce(startedAt);
  });

  it("when the wait is over, fewer", async (scene) => {
    await scene.enqueue({}, { taskId: "a" });
    const request = { taskIds: ["a"], wait: ms(20), minCount: 1 };
    assert.deepEqual((await scene.tasks.batchAwaitTasks(request)).tasks, []);
  });

  it("missing ones are named, and are not waited for", async (scene) => {
    await scene.enqueue({}, { taskId: "a" });
    const request = { taskIds: ["a", "nobody", "nobody"], wait: LONG };
    const { tasks, missingTaskIds } = await scene.tasks.batchAwaitTasks(request);
    assert.deepEqual(tasks, []);
    assert.deepEqual(missingTaskIds, ["nobody"]);
  });

  it("more than there are: all of them", async (scene) => {
    const worker = await TestWorker.open(scene);
    await scene.enqueue({}, { taskId: "a" });
    const all = scene.tasks.batchAwaitTasks({ taskIds: ["a"], wait: LONG, minCount: 900 });
    await worker.succeed(await worker.take());
    assert.equal((await all).tasks.length, 1);
  });

  it(
    "what does not fit into the answer comes when asked again",
    { limits: { maxMessageBytes: 50_000 } },
    async (scene) => {
      const worker = await TestWorker.open(scene);
      const taskIds = ["a", "b", "c", "d"];
      for (const taskId of taskIds) await scene.enqueue({}, { taskId });
      for (const _ of taskIds) await worker.succeed(await worker.take(), "x".repeat(20_000));
      const seen = new Set<string>();
      let left = taskIds;
      while (left.length > 0) {
        const { tasks } = await scene.tasks.batchAwaitTasks({
          taskIds: left,
          minCount: left.length,
        });
        assert.ok(tasks.length >= 1 && tasks.length <= 2, String(tasks.length));
        for (const task of tasks) seen.add(task.taskId);
        left = left.filter((id) => !seen.has(id));
      }
      assert.equal(seen.size, 4);
    },
  );

  it("10,000 at once are cheap: none is read again before it ended", async (scene) => {
    const worker = await TestWorker.open(scene, { slots: 10_000 });
    const ids = Array.from({ length: 10_000 }, (_, index) => `task-${index}`);
    for (let from = 0; from < ids.length; from += 1_000)
      await scene.tasks.batchEnqueueTasks({
        requests: ids.slice(from, from + 1_000).map((taskId) => ({ taskId, spec: { name: NAME } })),
      });
    const reads = countReads(scene);
    const awaits = ids.map((taskId) => scene.tasks.awaitTask({ taskId, wait: ms(60_000) }));
    await sleep(20);
    assert.equal(reads(), 10_000);
    const { sessionId } = worker;
    for (let done = 0; done < ids.length;) {
      const { tasks } = await worker.poll(1_000, PATIENCE_MS);
      const outcomes = tasks.map(({ leaseToken }) => ({
        leaseToken,
        kind: { case: "success", value: {} as never } as const,
      }));
      await scene.workers.reportOutcomes({ sessionId, outcomes });
      done += tasks.length;
    }
    const answers = await Promise.all(awaits);
    assert.ok(answers.every((answer) => answer.done));
    assert.equal(scene.pipeline.observer.observedCount, 0);
  });
});
