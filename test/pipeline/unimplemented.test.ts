/** Workers that answer UNIMPLEMENTED: the task goes to another one, and to nobody who has it by then. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { onBothBackends, type Scene } from "./setup.ts";
import { output, TestWorker } from "./test-worker.ts";

const METHOD = "acme.v1.Tasks/Do";
const DEFINITION = { name: METHOD, inputSchema: "acme.v1.Request", outputSchema: "acme.v1.Answer" };
const REGISTRATION = { definitions: [DEFINITION] };
const LEFT_OUT = { code: 12, message: "left out" };

const enqueue = (scene: Scene) => scene.enqueue({}, { spec: { name: METHOD } });

onBothBackends("UNIMPLEMENTED", (it) => {
  it("of the last worker is the answer to every task", async (scene) => {
    const worker = await TestWorker.open(scene, REGISTRATION);
    for (let round = 0; round < 3; round++) {
      const { taskId } = await enqueue(scene);
      await worker.fail(await worker.take(), LEFT_OUT);
      assert.equal((await scene.end(taskId)).state, TaskState.FAILED);
    }
  });

  it("of all workers is the answer too, also where they say it at once", async (scene) => {
    const workers = [
      await TestWorker.open(scene, REGISTRATION),
      await TestWorker.open(scene, REGISTRATION),
    ];
    const tasks = [await enqueue(scene), await enqueue(scene)];
    const leases = [await workers[0]!.take(), await workers[1]!.take()];
    await Promise.all(leases.map((lease, at) => workers[at]!.fail(lease, LEFT_OUT)));
    const ended = new AbortController();
    for (const worker of workers) void answerAll(worker, ended.signal);
    for (const { taskId } of tasks) assert.equal((await scene.end(taskId)).state, TaskState.FAILED);
    ended.abort();
  });

  it("does not leave the task to a worker that drains", async (scene) => {
    const worker = await TestWorker.open(scene, REGISTRATION);
    const leaving = await TestWorker.open(scene, REGISTRATION);
    await scene.admin.drainWorker({ sessionId: leaving.sessionId });
    const { taskId } = await enqueue(scene);
    await worker.fail(await worker.take(), LEFT_OUT);
    assert.equal((await scene.end(taskId)).state, TaskState.FAILED);
  });

  it("that comes late takes nothing from who has the task now", async (scene) => {
    const slow = await TestWorker.open(scene, REGISTRATION);
    await enqueue(scene);
    const first = await slow.take();
    await slow.release(first);
    const able = await TestWorker.open(scene, REGISTRATION);
    await able.take();
    assert.equal((await slow.fail(first, LEFT_OUT)).verdict, OutcomeVerdict.STALE);
    const { taskId } = await enqueue(scene);
    assert.equal((await able.take()).taskId, taskId);
  });

  it("after an output is the method's own word", async (scene) => {
    const worker = await TestWorker.open(scene, REGISTRATION);
    await TestWorker.open(scene, REGISTRATION);
    const { taskId } = await enqueue(scene);
    const lease = await worker.take();
    await worker.record(lease, 1, [output("a")]);
    await worker.fail(lease, LEFT_OUT);
    assert.equal((await scene.end(taskId)).failure?.message, "left out");
  });

  it("told to one server holds at the other, which the worker polls", async (scene) => {
    const other = await scene.openServer();
    const worker = await TestWorker.open(other, REGISTRATION);
    await TestWorker.open(other, REGISTRATION);
    await enqueue(scene);
    const lease = await worker.take();
    await worker.at(scene).fail(lease, LEFT_OUT);
    await sleep(20);
    // The first poll brings word of the lease, and no tasks.
    await worker.poll();
    await worker.takeNothing();
  });
});

async function answerAll(worker: TestWorker, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { tasks } = await worker.poll(1, 20);
    for (const lease of tasks) await worker.fail(lease, LEFT_OUT);
  }
}
