/** Polls that name the queues to take from. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { QTasksError } from "../../src/core/errors.ts";
import { chooseQueues } from "../../src/pipeline/queue-choice.ts";
import { NAME, onBothBackends, refusal, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const QUEUES = ["a", "b", "c"];

/** So many tasks in each of these queues, named `a1`, `a2` and so on; all of them are with the broker too. */
async function fill(scene: Scene, count: number, queues = QUEUES): Promise<void> {
  for (const queue of queues)
    for (let number = 1; number <= count; number++)
      await scene.enqueue({ queue }, { taskId: `${queue}${number}` });
  await scene.pipeline.lanes.idle();
  await new Promise((resolve) => setImmediate(resolve));
}

async function polled(worker: TestWorker, max: number, queues: string[] = []): Promise<string[]> {
  const { tasks } = await worker.poll(max, 0, { queues });
  return tasks.map(({ taskId }) => taskId);
}

/** How often the backend is asked for tasks from now on. */
function countHandOuts({ storage, broker }: Scene): () => number {
  const handOut = mock.method(storage, "handOut");
  const take = mock.method(broker, "take");
  return () => handOut.mock.callCount() + take.mock.callCount();
}

onBothBackends("polls that name queues", (it) => {
  it("get what the earlier queues have, and from the later ones what is left of the credit", async (scene) => {
    await fill(scene, 3);
    const worker = await TestWorker.open(scene, { queues: QUEUES });
    assert.deepEqual(await polled(worker, 2, ["c", "a"]), ["c1", "c2"]);
    assert.deepEqual(await polled(worker, 3, ["c", "a"]), ["c3", "a1", "a2"]);
    assert.deepEqual(await polled(worker, 9, ["c", "a"]), ["a3"]);
    assert.deepEqual(await polled(worker, 9, ["a", "c"]), []);
  });

  it("leave the turn of those that name none where it is plain: after the queue that gave last", async (scene) => {
    await fill(scene, 3);
    const worker = await TestWorker.open(scene, { queues: QUEUES });
    assert.deepEqual(await polled(worker, 1, ["b"]), ["b1"]);
    assert.deepEqual(await polled(worker, 1), ["c1"]);
    assert.deepEqual(await polled(worker, 1), ["a1"]);
  });

  it("pass over a queue that is paused", async (scene) => {
    await fill(scene, 1);
    await scene.admin.pauseQueue({ name: "c" });
    const worker = await TestWorker.open(scene, { queues: QUEUES });
    assert.deepEqual(await polled(worker, 9, ["c", "b"]), ["b1"]);
  });

  it("are woken by work in these queues alone", async (scene) => {
    const worker = await TestWorker.open(scene, { queues: QUEUES });
    const parked = worker.poll(1, 5_000, { queues: ["c", "a"] });
    await fill(scene, 1, ["b"]);
    assert.equal(await Promise.race([parked, pause(30, "parked still")]), "parked still");
    await fill(scene, 1, ["a"]);
    assert.equal((await parked).tasks[0]!.taskId, "a1");
  });

  it("compete with polls of another order: one task wakes one of them", async (scene) => {
    const open = () => TestWorker.open(scene, { queues: QUEUES });
    const workers = await Promise.all([open(), open(), open()]);
    const orders = [["a", "b", "c"], ["c", "b", "a"], []];
    const parked = workers.map((worker, at) => worker.poll(1, 400, { queues: orders[at]! }));
    await pause(30);
    const handOuts = countHandOuts(scene);
    await fill(scene, 1, ["b"]);
    const counts = (await Promise.all(parked)).map(({ tasks }) => tasks.length);
    // The longest parked first.
    assert.deepEqual([counts, handOuts()], [[1, 0, 0], 1]);
  });

  it("are refused where a queue is not the session's, or comes twice, and leave the session as it is", async (scene) => {
    await fill(scene, 1);
    const worker = await TestWorker.open(scene, { queues: QUEUES });
    await assert.rejects(polled(worker, 1, ["a", "d"]), refusal("FIELD_VIOLATION", "queues[1]"));
    await assert.rejects(polled(worker, 1, ["a", "a"]), refusal("FIELD_VIOLATION", "queues[1]"));
    await assert.rejects(
      polled(worker, 1, ["a", "b", "c", "a"]),
      refusal("FIELD_VIOLATION", "queues"),
    );
    assert.deepEqual(await polled(worker, 9), ["a1", "b1", "c1"]);
  });

  it("may name a queue as soon as the session has it, at every server", async (scene) => {
    const worker = await TestWorker.open(scene, { queues: ["a"] });
    const there = worker.at(await scene.openServer());
    assert.deepEqual(await polled(there, 1, ["a"]), []);
    await worker.register({ queues: QUEUES, definitions: [{ name: NAME }] });
    await fill(scene, 1, ["c"]);
    const until = performance.now() + 5_000;
    for (;;) {
      try {
        assert.deepEqual(await polled(there, 1, ["c"]), ["c1"]);
        return;
      } catch (error) {
        // The other server has not heard of it yet.
        if (!(error instanceof QTasksError) || performance.now() > until) throw error;
        await pause(5);
      }
    }
  });
});

test("no choice costs nothing: the session's own list is what is asked for", () => {
  assert.deepEqual(chooseQueues(QUEUES, []), { queues: QUEUES });
  assert.equal(chooseQueues(QUEUES, []).queues, QUEUES);
  assert.deepEqual(chooseQueues(QUEUES, ["c", "a"]), { queues: ["a", "c"], order: ["c", "a"] });
});
