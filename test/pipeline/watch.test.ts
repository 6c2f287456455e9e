/** Watching one task. */
import assert from "node:assert/strict";
import type { WatchTaskResponse } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { stateName } from "../../src/core/state-names.ts";
import { onBothBackends, refusal } from "./setup.ts";
import { log, output, TestWorker } from "./test-worker.ts";

/** An event in short: the state of a task, the text of an output or log, or its kind. */
function shown({ event }: WatchTaskResponse): string {
  if (event.case === "task") return stateName(event.value.state);
  if (event.case !== "taskEvent") return event.case ?? "nothing";
  const { event: inner } = event.value;
  return inner.case === "log" ? inner.value.message : String(inner.value?.body.value);
}

async function all(stream: AsyncIterable<WatchTaskResponse>): Promise<string[]> {
  const seen: string[] = [];
  for await (const response of stream) seen.push(shown(response));
  return seen;
}

/** The next event of a stream. */
async function next(stream: AsyncIterator<WatchTaskResponse>): Promise<WatchTaskResponse> {
  const step = await stream.next();
  assert.ok(step.done !== true, "the stream has ended");
  return step.value;
}

function open(stream: AsyncIterable<WatchTaskResponse>): AsyncIterator<WatchTaskResponse> {
  return stream[Symbol.asyncIterator]();
}

onBothBackends("watch one", (it) => {
  it("a snapshot at once, then every change, the terminal task last", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const stream = open(scene.tasks.watchTask({ taskId }));
    assert.equal(shown(await next(stream)), "PENDING");
    const lease = await worker.take();
    assert.equal(shown(await next(stream)), "RUNNING");
    await scene.tasks.cancelTask({ taskId });
    assert.equal(shown(await next(stream)), "CANCELING");
    await worker.succeed(lease);
    assert.equal(shown(await next(stream)), "SUCCEEDED");
    assert.equal((await stream.next()).done, true);
    assert.equal(scene.pipeline.observer.observedCount, 0);
  });

  it("a task that has ended is its only message", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    await worker.succeed(await worker.take());
    assert.deepEqual(await all(scene.tasks.watchTask({ taskId })), ["SUCCEEDED"]);
    const { revision: afterRevision } = await scene.get(taskId);
    assert.deepEqual(await all(scene.tasks.watchTask({ taskId, afterRevision })), ["SUCCEEDED"]);
  });

  it("after a revision: no snapshot of what was seen", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId, revision: afterRevision } = await scene.enqueue();
    const stream = open(scene.tasks.watchTask({ taskId, afterRevision }));
    const first = next(stream);
    const lease = await worker.take();
    assert.equal(shown(await first), "RUNNING");
    await worker.succeed(lease);
    assert.equal(shown(await next(stream)), "SUCCEEDED");
  });

  it("changes that come faster than they are read are merged, the terminal one is not", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const stream = open(scene.tasks.watchTask({ taskId }));
    await next(stream);
    const lease = await worker.take();
    for (let index = 1; index <= 50; index++) await worker.record(lease, index, [log("x")]);
    await worker.succeed(lease);
    const rest: string[] = [];
    for (let step = await stream.next(); step.done !== true; step = await stream.next())
      rest.push(shown(step.value));
    assert.ok(rest.length <= 2, rest.join());
    assert.equal(rest.at(-1), "SUCCEEDED");
  });

  it("after a sequence: outputs and logs too, those kept first", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 1, [output("A"), log("b")]);
    const watched = all(scene.tasks.watchTask({ taskId, afterSequence: 0n }));
    const later = all(scene.tasks.watchTask({ taskId, afterSequence: 1n }));
    await worker.record(lease, 3, [output("C")]);
    await worker.succeed(lease);
    const noTasks = (seen: string[]) => seen.filter((text) => text.length === 1);
    assert.deepEqual(noTasks(await watched), ["A", "b", "C"]);
    assert.deepEqual(noTasks(await later), ["b", "C"]);
    assert.equal((await later).at(-1), "SUCCEEDED");
  });

  it("many events come in order, page by page", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const texts = Array.from({ length: 900 }, (_, index) => `${index}`);
    await worker.record(lease, 1, texts.map(log));
    await worker.succeed(lease);
    const seen = await all(scene.tasks.watchTask({ taskId, afterSequence: 0n }));
    assert.deepEqual(seen, [...texts, "SUCCEEDED"]);
  });

  it("without a sequence no events", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    await worker.record(lease, 1, [output("A")]);
    await worker.succeed(lease);
    assert.deepEqual(await all(scene.tasks.watchTask({ taskId })), ["SUCCEEDED"]);
  });

  it("heartbeats while nothing happens", { limits: { streamHeartbeatMs: 20 } }, async (scene) => {
    const { taskId } = await scene.enqueue();
    const stream = open(scene.tasks.watchTask({ taskId }));
    await next(stream);
    for (let beat = 0; beat < 3; beat++) assert.equal(shown(await next(stream)), "heartbeat");
    await scene.tasks.cancelTask({ taskId });
    assert.equal(shown(await next(stream)), "CANCELED");
  });

  it(
    "at its age limit the stream says so and ends",
    { limits: { maxStreamAgeMs: 40 } },
    async (scene) => {
      const { taskId } = await scene.enqueue();
      const seen = await all(scene.tasks.watchTask({ taskId }));
      assert.equal(seen[0], "PENDING");
      assert.equal(seen.at(-1), "closing");
    },
  );

  it(
    "more streams than the limit are refused, until one ends",
    { limits: { maxStreams: 1 } },
    async (scene) => {
      const { taskId } = await scene.enqueue();
      const leave = new AbortController();
      const first = open(scene.tasks.watchTask({ taskId }, { signal: leave.signal }));
      await next(first);
      const second = () => open(scene.tasks.watchTask({ taskId })).next();
      await assert.rejects(second(), refusal("TOO_MANY_STREAMS"));
      const ended = assert.rejects(first.next(), refusal("CALL_CANCELED"));
      leave.abort();
      await ended;
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal((await second()).done, false);
    },
  );

  it("a caller that leaves ends the interest", async (scene) => {
    const { taskId } = await scene.enqueue();
    const stream = open(scene.tasks.watchTask({ taskId }));
    await next(stream);
    assert.equal(scene.pipeline.observer.observedCount, 1);
    await stream.return?.();
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(scene.pipeline.observer.observedCount, 0);
  });

  it("a task that nobody knows", async (scene) => {
    const unknown = all(scene.tasks.watchTask({ taskId: "nobody" }));
    await assert.rejects(unknown, refusal("TASK_NOT_FOUND"));
  });
});
