/** The life of tasks on one server: what callers and workers see. */
import assert from "node:assert/strict";
import { ConflictPolicy, FailureKind, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs, toDuration } from "../../../src/core/duration.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import { Crew } from "./crew.ts";
import type { DeclareScenario } from "./site.ts";
import { Worker } from "./worker.ts";

const QUICK_RETRY = { retryPolicy: { initialBackoff: toDuration(80), jitter: 0 } };

export function lifeScenarios(it: DeclareScenario): void {
  it("enqueued, handed out, reported, awaited", async (site) => {
    const server = await site.open();
    const payload = { body: { case: "text", value: "[1,2]" } } as const;
    const worker = await Worker.open(server);
    const parked = worker.take();
    const taskId = await server.enqueue({ spec: { payload } });
    const lease = await parked;
    assert.deepEqual([lease.taskId, lease.spec!.payload!.body], [taskId, payload.body]);
    const ended = server.end(taskId);
    await worker.succeed(lease, "3");
    const { state, result, attemptCount } = await ended;
    assert.deepEqual([state, result!.body.value, attemptCount], [TaskState.SUCCEEDED, "3", 1]);
    await worker.takeNothing();
  });

  it("the same id again is the same task", async (site) => {
    const server = await site.open();
    const request = { taskId: "one", spec: { name: "scenario" } };
    const first = await server.tasks.enqueueTask(request);
    const second = await server.tasks.enqueueTask(request);
    assert.deepEqual([first.created, second.created], [true, false]);
    const worker = await Worker.open(server);
    await worker.succeed(await worker.take());
    await worker.takeNothing();
  });

  it("a delayed task is handed out when it is due, to a poll that waits", async (site) => {
    const server = await site.open();
    const worker = await Worker.open(server);
    const parked = worker.take();
    const taskId = await server.enqueue({ start: { case: "delay", value: toDuration(200) } });
    const { scheduleTime } = await server.get(taskId);
    await worker.succeed(await parked);
    const { startTime } = await server.end(taskId);
    assert.ok(timestampMs(startTime!) >= timestampMs(scheduleTime!), "before it was due");
  });

  it("by priority, then by age", async (site) => {
    const server = await site.open();
    for (const [taskId, priority] of Object.entries({ low: -1, first: 0, second: 0, high: 5 }))
      await server.enqueue({ taskId, spec: { options: { priority } } });
    await server.stop();
    const again = await site.open();
    const worker = await Worker.open(again);
    const order: string[] = [];
    while (order.length < 4) order.push((await worker.take()).taskId);
    assert.deepEqual(order, ["high", "first", "second", "low"]);
  });

  it("from the queues that a poll names and no others, in its order", async (site) => {
    const server = await site.open();
    const queues = ["a", "b", "c"];
    for (const queue of queues)
      for (const number of [1, 2, 3])
        await server.enqueue({ taskId: `${queue}${number}`, spec: { options: { queue } } });
    await server.stop();
    const worker = await Worker.open(await site.open(), queues);
    const taken: string[] = [];
    while (taken.length < 4) taken.push((await worker.take(["c", "a"])).taskId);
    // What one queue leaves of the credit is the next one's.
    while (taken.length < 6)
      for (const { taskId } of await worker.poll(10, 1_000, ["c", "a"])) taken.push(taskId);
    assert.deepEqual(taken, ["c1", "c2", "c3", "a1", "a2", "a3"]);
    assert.deepEqual(await worker.poll(10, 60, ["a", "c"]), []);
    assert.equal((await worker.take()).taskId, "b1");
  });

  it("a failure is followed by another attempt, after the backoff", async (site) => {
    const server = await site.open();
    const worker = await Worker.open(server);
    const taskId = await server.enqueue({ spec: { options: QUICK_RETRY } });
    await worker.fail(await worker.take());
    const lease = await worker.take();
    assert.deepEqual([lease.taskId, lease.attempt], [taskId, 2]);
    await worker.succeed(lease);
    const { attempts, state } = await server.end(taskId);
    assert.equal(state, TaskState.SUCCEEDED);
    const [failed, succeeded] = attempts;
    const pauseMs = timestampMs(succeeded!.startTime!) - timestampMs(failed!.endTime!);
    assert.ok(pauseMs >= 80, `the backoff was ${pauseMs} ms`);
  });

  it("the last attempt that fails ends the task, and a retry by hand starts over", async (site) => {
    const server = await site.open();
    const worker = await Worker.open(server);
    const taskId = await server.enqueue({ spec: { options: { retryPolicy: { maxAttempts: 1 } } } });
    await worker.fail(await worker.take());
    const { state, failure } = await server.end(taskId);
    assert.deepEqual([state, failure!.kind], [TaskState.FAILED, FailureKind.APPLICATION]);
    await server.tasks.retryTask({ taskId });
    await worker.succeed(await worker.take());
    assert.equal((await server.end(taskId)).state, TaskState.SUCCEEDED);
  });

  it("a task that is canceled while it waits is not handed out", async (site) => {
    const server = await site.open();
    const [canceled, left] = [await server.enqueue(), await server.enqueue()];
    await server.tasks.cancelTask({ taskId: canceled, reason: "not needed" });
    const { state, cancelReason } = await server.end(canceled);
    assert.deepEqual([state, cancelReason], [TaskState.CANCELED, "not needed"]);
    const worker = await Worker.open(server);
    const lease = await worker.take();
    assert.equal(lease.taskId, left);
    await worker.takeNothing();
  });

  it("a task that is canceled while it runs ends by its worker's word", async (site) => {
    const server = await site.open();
    const worker = await Worker.open(server);
    const taskId = await server.enqueue();
    const lease = await worker.take();
    await server.tasks.cancelTask({ taskId, reason: "stop" });
    assert.equal((await server.get(taskId)).state, TaskState.CANCELING);
    await worker.report(lease, { case: "canceled", value: { reason: "stopped" } });
    assert.equal((await server.end(taskId)).state, TaskState.CANCELED);
  });

  it("a task that is released is handed out again, uncounted", async (site) => {
    const server = await site.open();
    const worker = await Worker.open(server);
    const taskId = await server.enqueue();
    await worker.report(await worker.take(), { case: "release", value: { reason: "full" } });
    await worker.succeed(await worker.take());
    const { state, attemptCount, attempts } = await server.end(taskId);
    assert.deepEqual([state, attemptCount, attempts.length], [TaskState.SUCCEEDED, 1, 2]);
  });

  it("a task whose time is changed is handed out at the new one", async (site) => {
    const server = await site.open();
    const taskId = await server.enqueue({ start: { case: "delay", value: toDuration(60_000) } });
    const worker = await Worker.open(server);
    await worker.takeNothing();
    const when = { case: "delay", value: toDuration(50) } as const;
    await server.tasks.rescheduleTask({ taskId, start: when });
    assert.equal((await worker.take()).taskId, taskId);
  });

  it("a unique key is held until its task ends", async (site) => {
    const server = await site.open();
    const unique = { key: "k" };
    const taskId = await server.enqueue({ spec: { unique } });
    assert.equal(await server.enqueue({ spec: { unique } }), taskId);
    const reject = { key: "k", onConflict: ConflictPolicy.REJECT };
    await assert.rejects(
      server.enqueue({ spec: { unique: reject } }),
      (error) => error instanceof QTasksError && error.reason === "UNIQUE_KEY_HELD",
    );
    const worker = await Worker.open(server);
    await worker.succeed(await worker.take());
    await server.end(taskId);
    assert.notEqual(await server.enqueue({ spec: { unique } }), taskId);
    await worker.take();
    await worker.takeNothing();
  });

  it("nothing is handed out of a paused queue, until it is resumed", async (site) => {
    const server = await site.open();
    await server.admin.pauseQueue({ name: "default" });
    const taskId = await server.enqueue();
    const worker = await Worker.open(server);
    await worker.takeNothing();
    const parked = worker.take();
    await server.admin.resumeQueue({ name: "default" });
    assert.equal((await parked).taskId, taskId);
  });

  it("tasks past their pending timeout expire, also where they are queued", async (site) => {
    const server = await site.open();
    const options = { pendingTimeout: toDuration(100) };
    const taskId = await server.enqueue({ spec: { options } });
    const { state, createTime, endTime } = await server.end(taskId);
    assert.equal(state, TaskState.EXPIRED);
    assert.ok(timestampMs(endTime!) - timestampMs(createTime!) >= 100);
    await (await Worker.open(server)).takeNothing();
  });

  it("hundreds at once, some of which fail first: each attempt runs once", async (site) => {
    const server = await site.open();
    const crew = new Crew(({ attempt, taskId }) => attempt > 1 || !taskId.endsWith("3"));
    crew.work(server);
    crew.work(server);
    const ids = Array.from({ length: 200 }, (_, index) => `task-${index}`);
    const spec = { name: "scenario", options: QUICK_RETRY };
    const requests = ids.map((taskId) => ({ taskId, spec }));
    const { results } = await server.tasks.batchEnqueueTasks({ requests });
    assert.ok(results.every(({ created }) => created));
    for (const task of await Promise.all(ids.map((id) => server.end(id)))) {
      crew.assertSucceeded(task);
      assert.equal(task.attemptCount, task.taskId.endsWith("3") ? 2 : 1);
    }
    await crew.stop();
    const { count, states } = await server.tasks.countTasks({ filter: { queues: ["default"] } });
    assert.deepEqual([count, states.length], [200n, 1]);
  });

  it("canceled and retried by filter", async (site) => {
    const server = await site.open();
    const ids = await Promise.all(Array.from({ length: 20 }, () => server.enqueue()));
    const filter = { queues: ["default"] };
    await server.tasks.batchCancelTasks({ filter, reason: "all" });
    for (const id of ids) assert.equal((await server.end(id)).state, TaskState.CANCELED);
    const worker = await Worker.open(server);
    await worker.takeNothing();
    await server.tasks.batchRetryTasks({ filter });
    const taken = new Set<string>();
    while (taken.size < 20)
      for (const lease of await worker.poll(10, 5_000)) taken.add(lease.taskId);
    assert.deepEqual([...taken].sort(), ids.toSorted());
  });
}
