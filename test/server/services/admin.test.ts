/** Queues and workers, for operators. */
import assert from "node:assert/strict";
import { WorkerState } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { durationMs, timestampMs } from "../../../src/core/duration.ts";
import { stateName } from "../../../src/core/state-names.ts";
import { ms, NAME, onBackend, refusal, type Scene } from "../../pipeline/setup.ts";
import { TestWorker } from "../../pipeline/test-worker.ts";

onBackend("joint", "queues", (it) => {
  it("how one stands", async (scene) => {
    await scene.system.applyTaskDefinitions({ definitions: [{ name: "other" }] });
    const worker = await TestWorker.open(scene, { slots: 5 });
    await scene.enqueue();
    await worker.poll(5, 100);
    await scene.enqueue();
    await scene.tasks.enqueueTask({ spec: { name: "other" } });
    await scene.enqueue({}, { start: { case: "delay", value: ms(60_000) } });
    scene.clock.advance(10_000);
    const { queue } = await scene.admin.getQueue({ name: "default" });
    assert.equal(queue!.paused, false);
    assert.deepEqual(
      Object.fromEntries(
        queue!.states.map(({ state, count }) => [stateName(state), Number(count)]),
      ),
      { PENDING: 2, RUNNING: 1, SCHEDULED: 1 },
    );
    const ageMs = durationMs(queue!.oldestPendingAge!);
    assert.ok(ageMs >= 10_000 && ageMs < 12_000, String(ageMs));
    assert.equal(queue!.workerCount, 1);
    assert.equal(queue!.freeSlots, 4);
    assert.deepEqual(queue!.unservedNames, ["other"]);
  });

  it("paused and resumed, as often as asked for", async (scene) => {
    for (let time = 0; time < 2; time++)
      assert.equal((await scene.admin.pauseQueue({ name: "new" })).queue!.paused, true);
    assert.equal((await scene.admin.getQueue({ name: "new" })).queue!.paused, true);
    assert.equal(
      (await scene.tasks.enqueueTask({ spec: { name: NAME, options: { queue: "new" } } })).created,
      true,
    );
    for (let time = 0; time < 2; time++)
      assert.equal((await scene.admin.resumeQueue({ name: "new" })).queue!.paused, false);
  });

  it("one that nobody knows", async (scene) => {
    const unknown = scene.admin.getQueue({ name: "nobody" });
    await assert.rejects(unknown, refusal("QUEUE_NOT_FOUND"));
  });

  it("all of them, by name, page by page", async (scene) => {
    for (const queue of ["c", "a", "b"]) await scene.enqueue({ queue });
    await scene.admin.pauseQueue({ name: "d" });
    await TestWorker.open(scene, { queues: ["e"] });
    const names: string[] = [];
    let pageToken = "";
    do {
      const page = await scene.admin.listQueues({ pageSize: 2, pageToken });
      names.push(...page.queues.map((queue) => queue.name));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    assert.deepEqual(names, ["a", "b", "c", "d", "e"]);
  });
});

onBackend("joint", "workers", (it) => {
  async function only(scene: Scene) {
    const { workers } = await scene.admin.listWorkers({});
    assert.equal(workers.length, 1);
    return workers[0]!;
  }

  it("what it registered with, and what it does", async (scene) => {
    const worker = await TestWorker.open(scene, {
      workerId: "w1",
      slots: 4,
      queues: ["default", "slow"],
      labels: { zone: "x" },
      buildId: "b7",
      runtime: { language: "node", pid: 12 },
    });
    assert.equal((await only(scene)).state, WorkerState.NOT_POLLING);
    await scene.enqueue();
    await worker.poll(4, 100);
    const info = await only(scene);
    assert.equal(info.state, WorkerState.ACTIVE);
    assert.deepEqual([info.slots, info.usedSlots], [4, 1]);
    assert.deepEqual(info.names, [NAME]);
    assert.deepEqual(info.queues, ["default", "slow"]);
    assert.deepEqual(info.labels, { zone: "x" });
    assert.equal(info.buildId, "b7");
    assert.equal(info.runtime!.language, "node");
    const now = scene.clock.now();
    for (const field of ["registerTime", "lastSeenTime", "lastPollTime", "lastLeaseTime"] as const)
      assert.ok(Math.abs(timestampMs(info[field]!) - now) < 5_000, field);
  });

  it("alive with free slots and not asking for work: NOT_POLLING; full it is ACTIVE", async (scene) => {
    const worker = await TestWorker.open(scene, { slots: 2 });
    await worker.poll(2);
    scene.clock.advance(40_000);
    await worker.heartbeat([], { freeSlots: 1 });
    assert.equal((await only(scene)).state, WorkerState.NOT_POLLING);
    await worker.heartbeat([], { freeSlots: 0 });
    assert.equal((await only(scene)).state, WorkerState.ACTIVE);
  });

  it("draining, by its own word or an operator's", async (scene) => {
    const worker = await TestWorker.open(scene);
    const asked = await scene.admin.drainWorker({ sessionId: worker.sessionId });
    assert.equal(asked.worker!.state, WorkerState.DRAINING);
    await worker.heartbeat();
    assert.equal((await only(scene)).state, WorkerState.DRAINING);
    const { queue } = await scene.admin.getQueue({ name: "default" });
    assert.equal(queue!.freeSlots, 0);
    await worker.unregister();
    assert.deepEqual((await scene.admin.listWorkers({})).workers, []);
  });

  it("lost: without any call for the session's time", async (scene) => {
    const worker = await TestWorker.open(scene);
    scene.clock.advance(30_001);
    assert.equal((await only(scene)).state, WorkerState.LOST);
    const { queues } = await scene.admin.listQueues({});
    assert.deepEqual(queues, [], "its queues are served by nobody");
    await worker.register();
    assert.notEqual((await only(scene)).state, WorkerState.LOST);
  });

  it("any call is a sign of life", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { sessionId } = worker;
    scene.clock.advance(20_000);
    await scene.workers.recordEvents({ sessionId, attempts: [] });
    scene.clock.advance(20_000);
    await scene.workers.reportOutcomes({ sessionId, outcomes: [] });
    scene.clock.advance(20_000);
    assert.notEqual((await only(scene)).state, WorkerState.LOST);
  });

  it("registering again renews: when it began stays", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { registerTime } = await only(scene);
    scene.clock.advance(5_000);
    await worker.register({ slots: 3 });
    const info = await only(scene);
    assert.deepEqual(info.registerTime, registerTime);
    assert.equal(info.slots, 3);
  });

  it("of one queue, page by page", async (scene) => {
    for (const workerId of ["c", "a", "b"]) await TestWorker.open(scene, { workerId });
    await TestWorker.open(scene, { workerId: "other", queues: ["q2"] });
    const ids: string[] = [];
    let pageToken = "";
    do {
      const request = { queue: "default", pageSize: 2, pageToken };
      const page = await scene.admin.listWorkers(request);
      ids.push(...page.workers.map((worker) => worker.workerId));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    assert.deepEqual(ids, ["a", "b", "c"]);
    const { nextPageToken } = await scene.admin.listWorkers({ queue: "default", pageSize: 1 });
    const other = scene.admin.listWorkers({ pageToken: nextPageToken });
    await assert.rejects(other, refusal("PAGE_TOKEN_INVALID", "page_token"));
  });

  it("one that nobody knows", async (scene) => {
    const unknown = scene.admin.drainWorker({ sessionId: "nobody" });
    await assert.rejects(unknown, refusal("SESSION_NOT_FOUND"));
  });
});
