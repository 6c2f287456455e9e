/** Enqueue: ids, times and options. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ConflictPolicy, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs, timestampMs, toTimestamp } from "../../src/core/duration.ts";
import { ms, NAME, onBothBackends, refusal } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

onBothBackends("enqueue", (it) => {
  it("a task with an id and one without", async (scene) => {
    const named = await scene.enqueue({}, { taskId: "order-1" });
    assert.equal(named.taskId, "order-1");
    assert.equal(named.state, TaskState.PENDING);
    assert.equal(named.revision, 1n);
    const [a, b] = [await scene.enqueue(), await scene.enqueue()];
    assert.match(a.taskId, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.notEqual(a.taskId, b.taskId);
  });

  it("is answered when the task is stored, no sooner", async (scene) => {
    const create = scene.storage.create.bind(scene.storage);
    const gate = Promise.withResolvers<void>();
    scene.storage.create = async (params) => {
      await gate.promise;
      return create(params);
    };
    let isAnswered = false;
    const enqueuing = scene.enqueue().finally(() => (isAnswered = true));
    await sleep(20);
    assert.equal(isAnswered, false);
    gate.resolve();
    assert.equal((await enqueuing).state, TaskState.PENDING);
  });

  it("the same id again answers with the first task, whatever the payload", async (scene) => {
    const first = { taskId: "order-1", spec: { name: NAME } };
    const payload = { body: { case: "text", value: "other" } } as const;
    assert.equal((await scene.tasks.enqueueTask(first)).created, true);
    const again = await scene.tasks.enqueueTask({ ...first, spec: { name: NAME, payload } });
    assert.equal(again.created, false);
    assert.equal((await scene.get("order-1")).spec!.payload, undefined);
  });

  it("of concurrent calls with one id one creates", async (scene) => {
    const calls = Array.from({ length: 20 }, () =>
      scene.tasks.enqueueTask({ taskId: "order-1", spec: { name: NAME } }),
    );
    const created = (await Promise.all(calls)).filter((answer) => answer.created);
    assert.equal(created.length, 1);
  });

  it("an id of another name is refused", async (scene) => {
    await scene.system.applyTaskDefinitions({ definitions: [{ name: "other" }] });
    await scene.enqueue({}, { taskId: "order-1" });
    const taken = scene.tasks.enqueueTask({ taskId: "order-1", spec: { name: "other" } });
    await assert.rejects(taken, refusal("TASK_ID_EXISTS"));
  });

  it("a name that nobody defined is refused, and allowed once a definition is applied", async (scene) => {
    const enqueue = () => scene.tasks.enqueueTask({ spec: { name: "unheard.of" } });
    await assert.rejects(enqueue(), refusal("DEFINITION_NOT_FOUND", "spec.name"));
    await scene.system.applyTaskDefinitions({ definitions: [{ name: "unheard.of" }] });
    assert.equal((await enqueue()).created, true);
  });

  it("a delay keeps the task back until it is due", async (scene) => {
    const worker = await TestWorker.open(scene);
    const task = await scene.enqueue({}, { start: { case: "delay", value: ms(60_000) } });
    assert.equal(task.state, TaskState.SCHEDULED);
    const dueInMs = timestampMs(task.scheduleTime!) - scene.clock.now();
    assert.ok(dueInMs > 59_000 && dueInMs <= 60_000, String(dueInMs));
    await worker.takeNothing();
    scene.clock.advance(60_000);
    assert.equal((await scene.get(task.taskId)).state, TaskState.PENDING);
    assert.equal((await worker.take()).taskId, task.taskId);
  });

  it("a time that is past means now", async (scene) => {
    const past = toTimestamp(scene.clock.now() - 3_600_000);
    const task = await scene.enqueue({}, { start: { case: "scheduleTime", value: past } });
    assert.equal(task.state, TaskState.PENDING);
    assert.ok(scene.clock.now() - timestampMs(task.scheduleTime!) < 5_000);
  });

  it("not started within its pending timeout, a task is EXPIRED", async (scene) => {
    const task = await scene.enqueue({ pendingTimeout: ms(5_000) });
    scene.clock.advance(5_001);
    const ended = await scene.end(task.taskId);
    assert.equal(ended.state, TaskState.EXPIRED);
    assert.match(ended.failure!.message, /pending_timeout/);
    assert.equal(ended.attempts.length, 0);
  });

  it("the pending timeout counts from the due time, and a start ends it", async (scene) => {
    const worker = await TestWorker.open(scene);
    const start = { case: "delay", value: ms(60_000) } as const;
    const task = await scene.enqueue({ pendingTimeout: ms(5_000) }, { start });
    scene.clock.advance(61_000);
    const lease = await worker.take();
    await worker.release(lease);
    scene.clock.advance(60_000);
    assert.equal((await worker.take()).taskId, task.taskId);
  });

  it("past its pending timeout a task is not handed out", async (scene) => {
    const worker = await TestWorker.open(scene);
    const task = await scene.enqueue({ pendingTimeout: ms(5_000) });
    scene.clock.advance(5_001);
    const { tasks } = await worker.poll();
    assert.deepEqual(tasks, []);
    assert.equal((await scene.end(task.taskId)).state, TaskState.EXPIRED);
  });

  it("total timeout: a waiting task is FAILED by it", async (scene) => {
    const task = await scene.enqueue({ totalTimeout: ms(5_000) });
    scene.clock.advance(5_001);
    const ended = await scene.end(task.taskId);
    assert.equal(ended.state, TaskState.FAILED);
    assert.match(ended.failure!.message, /total_timeout/);
  });
});

onBothBackends("enqueue in batches", (it) => {
  it("each item stands for itself", async (scene) => {
    await scene.enqueue({}, { taskId: "taken" });
    const unique = { key: "k", onConflict: ConflictPolicy.REJECT };
    const { results } = await scene.tasks.batchEnqueueTasks({
      requests: [
        { taskId: "a", spec: { name: NAME, unique } },
        { taskId: "b", spec: { name: "unheard.of" } },
        { taskId: "c", spec: { name: NAME, unique } },
        { taskId: "d", spec: { name: NAME, options: { priority: 1_001 } } },
        { taskId: "taken", spec: { name: NAME } },
        { spec: { name: NAME } },
      ],
    });
    assert.deepEqual(
      results.map(({ taskId, created, error }) => [taskId, created, error?.reason]),
      [
        ["a", true, undefined],
        ["b", false, "DEFINITION_NOT_FOUND"],
        ["a", false, "UNIQUE_KEY_HELD"],
        ["d", false, "FIELD_VIOLATION"],
        ["taken", false, undefined],
        [results[5]!.taskId, true, undefined],
      ],
    );
    assert.match(results[3]!.error!.message, /priority: from -1000 to 1000; got 1001/);
    assert.deepEqual(
      results.slice(1, 4).map((result) => result.error!.code),
      [5, 6, 3],
    );
  });

  it("an id that comes twice makes one task", async (scene) => {
    const request = { taskId: "a", spec: { name: NAME } };
    const { results } = await scene.tasks.batchEnqueueTasks({ requests: [request, request] });
    assert.deepEqual(
      results.map((result) => result.created),
      [true, false],
    );
  });
});

onBothBackends("options", (it) => {
  const definition = {
    queue: "slow",
    priority: 7,
    retryPolicy: { maxAttempts: 9, jitter: 0.5 },
    attemptTimeout: ms(30_000),
    labels: { team: "a", kind: "x" },
  };

  it("the server's defaults are written into the task", async (scene) => {
    const options = (await scene.enqueue()).spec!.options!;
    assert.equal(options.queue, "default");
    assert.equal(options.priority, 0);
    assert.equal(durationMs(options.retention!), 86_400_000);
    const policy = options.retryPolicy!;
    assert.equal(policy.maxAttempts, 3);
    assert.equal(durationMs(policy.initialBackoff!), 1_000);
    assert.equal(durationMs(policy.maxBackoff!), 300_000);
    assert.equal(policy.backoffMultiplier, 2);
    assert.equal(policy.jitter, 0.2);
    assert.equal(policy.maxLostLeases, 5);
  });

  it("the caller's win over the definition's, field by field", { definition }, async (scene) => {
    const caller = { priority: 0, retryPolicy: { maxAttempts: 1 }, labels: { team: "b" } };
    const options = (await scene.enqueue(caller)).spec!.options!;
    assert.equal(options.queue, "slow");
    assert.equal(options.priority, 0);
    assert.equal(options.retryPolicy!.maxAttempts, 1);
    assert.equal(options.retryPolicy!.jitter, 0.5);
    assert.equal(options.retryPolicy!.backoffMultiplier, 2);
    assert.equal(durationMs(options.attemptTimeout!), 30_000);
    assert.deepEqual(options.labels, { team: "b", kind: "x" });
  });

  it(
    "another definition later changes nothing for tasks that exist",
    { definition },
    async (scene) => {
      const task = await scene.enqueue();
      await scene.system.applyTaskDefinitions({ definitions: [{ name: NAME }] });
      assert.equal((await scene.get(task.taskId)).spec!.options!.queue, "slow");
      assert.equal((await scene.enqueue()).spec!.options!.queue, "default");
    },
  );

  it("labels count together with the definition's", { definition }, async (scene) => {
    const labels = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, "v"]));
    await scene.enqueue({ labels: labels(30) });
    const tooMany = scene.enqueue({ labels: labels(31) });
    await assert.rejects(tooMany, refusal("FIELD_VIOLATION", "spec.options.labels"));
  });
});
