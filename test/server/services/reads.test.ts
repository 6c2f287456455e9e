/** Reading tasks: views, pages, filters, counts. */
import assert from "node:assert/strict";
import { TaskState, TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { toTimestamp } from "../../../src/core/duration.ts";
import { stateName } from "../../../src/core/state-names.ts";
import { ms, NAME, onBackend, refusal, type Scene } from "../../pipeline/setup.ts";
import { TestWorker } from "../../pipeline/test-worker.ts";

const { BASIC, FULL, RESULT, UNSPECIFIED } = TaskView;
const payload = { body: { case: "text", value: "in" } } as const;

/** A task that failed once, then succeeded. */
async function succeeded(scene: Scene): Promise<string> {
  const worker = await TestWorker.open(scene);
  const retryPolicy = { initialBackoff: ms(0) };
  const { taskId } = await scene.enqueue({ retryPolicy }, { spec: { payload } });
  await worker.fail(await worker.take(), {
    stackTrace: "at x",
    cause: { stackTrace: "at y" } as never,
  });
  await worker.succeed(await worker.take());
  return taskId;
}

onBackend("joint", "views", (it) => {
  it("BASIC has no payload, result and attempts; RESULT adds the result; FULL has all", async (scene) => {
    const taskId = await succeeded(scene);
    const parts = async (view: TaskView) => {
      const { task } = await scene.tasks.getTask({ taskId, view });
      const { spec, result, attempts } = task!;
      return [spec!.payload !== undefined, result !== undefined, attempts.length];
    };
    assert.deepEqual(await parts(BASIC), [false, false, 0]);
    assert.deepEqual(await parts(RESULT), [false, true, 0]);
    assert.deepEqual(await parts(FULL), [true, true, 2]);
    assert.deepEqual(await parts(UNSPECIFIED), [true, true, 2], "GetTask: FULL");
  });

  it("stack traces are for FULL alone, those of causes too", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue({ retryPolicy: { maxAttempts: 1 } });
    const cause = { message: "inner", stackTrace: "at y" } as never;
    await worker.fail(await worker.take(), { stackTrace: "at x", cause });
    const traces = async (view: TaskView) => {
      const { failure } = (await scene.tasks.getTask({ taskId, view })).task!;
      return [failure!.stackTrace, failure!.cause!.stackTrace, failure!.cause!.message];
    };
    assert.deepEqual(await traces(FULL), ["at x", "at y", "inner"]);
    assert.deepEqual(await traces(RESULT), ["", "", "inner"]);
  });

  it("each method has its own view where none is asked for", async (scene) => {
    const taskId = await succeeded(scene);
    const wait = ms(0);
    const { tasks: listed } = await scene.tasks.listTasks({});
    const { task: awaited } = await scene.tasks.awaitTask({ taskId, wait });
    const { tasks: gathered } = await scene.tasks.batchAwaitTasks({ taskIds: [taskId], wait });
    const { tasks: gotten } = await scene.tasks.batchGetTasks({ taskIds: [taskId] });
    assert.equal(listed[0]!.result, undefined);
    for (const task of [awaited!, gathered[0]!]) {
      assert.notEqual(task.result, undefined);
      assert.equal(task.spec!.payload, undefined);
    }
    assert.equal(gotten[0]!.attempts.length, 2);
  });
});

onBackend("joint", "get many", (it) => {
  it("in order, with those that are missing", async (scene) => {
    for (const taskId of ["a", "b"]) await scene.enqueue({}, { taskId });
    const taskIds = ["b", "nobody", "a"];
    const { tasks, missingTaskIds, deferredTaskIds } = await scene.tasks.batchGetTasks({ taskIds });
    assert.deepEqual(
      tasks.map((task) => task.taskId),
      ["b", "a"],
    );
    assert.deepEqual(missingTaskIds, ["nobody"]);
    assert.deepEqual(deferredTaskIds, []);
  });

  it("what does not fit is deferred", { limits: { maxMessageBytes: 50_000 } }, async (scene) => {
    const big = { body: { case: "text", value: "x".repeat(20_000) } } as const;
    const taskIds = ["a", "b", "c"];
    for (const taskId of taskIds) await scene.enqueue({}, { taskId, spec: { payload: big } });
    const full = await scene.tasks.batchGetTasks({ taskIds });
    assert.equal(full.tasks.length, 2);
    assert.deepEqual(full.deferredTaskIds, ["c"]);
    const basic = await scene.tasks.batchGetTasks({ taskIds, view: BASIC });
    assert.equal(basic.tasks.length, 3);
  });
});

onBackend("joint", "lists", (it) => {
  it("newest first, page by page, each task once", async (scene) => {
    const ids = Array.from({ length: 7 }, (_, index) => `task-${index}`);
    for (const taskId of ids) {
      await scene.enqueue({}, { taskId });
      scene.clock.advance(1);
    }
    const seen: string[] = [];
    let pageToken = "";
    do {
      const page = await scene.tasks.listTasks({ pageSize: 3, pageToken });
      assert.ok(page.tasks.length <= 3);
      seen.push(...page.tasks.map((task) => task.taskId));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    assert.deepEqual(seen, ids.toReversed());
  });

  it("50 where no size is asked for, 1,000 where more is", async (scene) => {
    for (let made = 0; made < 2; made++) {
      const requests = Array.from({ length: 600 }, () => ({ spec: { name: NAME } }));
      await scene.tasks.batchEnqueueTasks({ requests });
    }
    assert.equal((await scene.tasks.listTasks({})).tasks.length, 50);
    const { tasks, nextPageToken } = await scene.tasks.listTasks({ pageSize: 2_000_000 });
    assert.equal(tasks.length, 1_000);
    assert.notEqual(nextPageToken, "");
  });

  const maxMessageBytes = 60_000;
  it(
    "a page ends before it is too large, also by labels and headers",
    { limits: { maxMessageBytes } },
    async (scene) => {
      const headers = Object.fromEntries(
        Array.from({ length: 7 }, (_, index) => [`h${index}`, "v".repeat(1_000)]),
      );
      for (let count = 0; count < 20; count++) await scene.enqueue({}, { spec: { headers } });
      const seen: string[] = [];
      let pageToken = "";
      do {
        const page = await scene.tasks.listTasks({ pageSize: 20, pageToken });
        assert.ok(page.tasks.length < 9, String(page.tasks.length));
        seen.push(...page.tasks.map((task) => task.taskId));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      assert.equal(new Set(seen).size, 20);
    },
  );

  it("filters: every condition must match, by any of its values", async (scene) => {
    await scene.system.applyTaskDefinitions({ definitions: [{ name: "other" }] });
    const worker = await TestWorker.open(scene, { workerId: "w1" });
    const enqueue = (taskId: string, name: string, queue: string, labels = {}, more = {}) =>
      scene.tasks.enqueueTask({
        taskId,
        spec: { name, options: { queue, labels, retryPolicy: { maxAttempts: 1 } }, ...more },
      });
    await enqueue("failed", NAME, "default", { team: "a" });
    await worker.fail(await worker.take(), { type: "acme.Broken" });
    const between = toTimestamp(scene.clock.now() + 5);
    scene.clock.advance(10);
    await enqueue("b", NAME, "q2", { team: "a", kind: "x" });
    await enqueue("c", "other", "q2", { team: "b" }, { parentTaskId: "failed" });
    await enqueue("d", "other", "q3", {}, { unique: { key: "k" } });
    const ids = async (filter: Parameters<Scene["tasks"]["listTasks"]>[0]["filter"]) => {
      const { tasks } = await scene.tasks.listTasks({ ...(filter && { filter }) });
      return tasks.map((task) => task.taskId).sort();
    };
    assert.deepEqual(await ids({ queues: ["q2"] }), ["b", "c"]);
    assert.deepEqual(await ids({ queues: ["q2", "q3"], names: ["other"] }), ["c", "d"]);
    assert.deepEqual(await ids({ states: [TaskState.FAILED] }), ["failed"]);
    assert.deepEqual(await ids({ labels: { team: "a" } }), ["b", "failed"]);
    assert.deepEqual(await ids({ labels: { team: "a", kind: "x" } }), ["b"]);
    assert.deepEqual(await ids({ createTimeFrom: between }), ["b", "c", "d"]);
    assert.deepEqual(await ids({ createTimeTo: between }), ["failed"]);
    assert.deepEqual(await ids({ endTimeTo: between }), ["failed"]);
    assert.deepEqual(await ids({ endTimeFrom: between }), []);
    assert.deepEqual(await ids({ workerIds: ["w1"] }), ["failed"]);
    assert.deepEqual(await ids({ parentTaskIds: ["failed"] }), ["c"]);
    assert.deepEqual(await ids({ failureTypes: ["acme.Broken", "x"] }), ["failed"]);
    assert.deepEqual(await ids({ uniqueKeys: ["k"] }), ["d"]);
    assert.deepEqual(await ids({ taskIds: ["b", "d", "nobody"] }), ["b", "d"]);
    assert.deepEqual(await ids({}), ["b", "c", "d", "failed"]);
  });
});

onBackend("joint", "counts", (it) => {
  it("by state, as read now", async (scene) => {
    const worker = await TestWorker.open(scene);
    for (let count = 0; count < 3; count++) await scene.enqueue({ labels: { team: "a" } });
    await scene.enqueue({}, { start: { case: "delay", value: ms(60_000) } });
    await worker.take();
    const counted = async (filter = {}) => {
      const { count, approximate, states } = await scene.tasks.countTasks({ filter });
      assert.equal(approximate, false);
      const byState = states.map((item) => [stateName(item.state), Number(item.count)] as const);
      return { count: Number(count), ...Object.fromEntries(byState) };
    };
    assert.deepEqual(await counted(), { count: 4, PENDING: 2, RUNNING: 1, SCHEDULED: 1 });
    const labels = { team: "a" };
    assert.deepEqual(await counted({ labels }), { count: 3, PENDING: 2, RUNNING: 1 });
    scene.clock.advance(60_000);
    assert.deepEqual(await counted(), { count: 4, PENDING: 3, RUNNING: 1 });
    assert.deepEqual(await counted({ states: [TaskState.RUNNING] }), { count: 1, RUNNING: 1 });
  });

  it("a task that nobody knows", async (scene) => {
    await assert.rejects(scene.tasks.getTask({ taskId: "nobody" }), refusal("TASK_NOT_FOUND"));
  });
});
