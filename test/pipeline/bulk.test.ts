/** Cancel and retry by filter. */
import assert from "node:assert/strict";
import { ConflictPolicy, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { NAME, onBothBackends, refusal, type Scene } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const TEAM = { labels: { team: "a" } };

async function enqueueMany(scene: Scene, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1_000) {
    const requests = Array.from({ length: Math.min(1_000, count - made) }, () => ({
      spec: { name: NAME, options: { ...TEAM, retryPolicy: { maxAttempts: 1 } } },
    }));
    await scene.tasks.batchEnqueueTasks({ requests });
  }
}

async function failAll(scene: Scene, worker: TestWorker, count: number): Promise<void> {
  for (let done = 0; done < count;) {
    const { tasks } = await worker.poll(1_000, 2_000);
    const outcomes = tasks.map(({ leaseToken }) => ({
      leaseToken,
      kind: { case: "failure", value: {} as never } as const,
    }));
    await scene.workers.reportOutcomes({ sessionId: worker.sessionId, outcomes });
    done += tasks.length;
  }
}

async function count(scene: Scene, state: TaskState): Promise<number> {
  return Number((await scene.tasks.countTasks({ filter: { ...TEAM, states: [state] } })).count);
}

onBothBackends("cancel by filter", (it) => {
  it("page by page, all that match and have not ended", async (scene) => {
    await enqueueMany(scene, 1_200);
    await scene.enqueue({}, { taskId: "other" });
    let pageToken = "";
    let canceled = 0;
    let pages = 0;
    do {
      const page = await scene.tasks.batchCancelTasks({ filter: TEAM, reason: "stop", pageToken });
      canceled += page.canceledCount;
      pageToken = page.nextPageToken;
      pages++;
    } while (pageToken !== "");
    assert.equal(canceled, 1_200);
    assert.ok(pages >= 3);
    assert.equal(await count(scene, TaskState.CANCELED), 1_200);
    assert.equal((await scene.get("other")).state, TaskState.PENDING);
    const again = await scene.tasks.batchCancelTasks({ filter: TEAM });
    assert.equal(again.canceledCount, 0);
  });

  it("running ones become CANCELING", async (scene) => {
    const worker = await TestWorker.open(scene);
    await enqueueMany(scene, 3);
    await worker.take();
    const page = await scene.tasks.batchCancelTasks({ filter: TEAM });
    assert.deepEqual([page.canceledCount, page.cancelingCount], [2, 1]);
  });

  it("what comes while it goes on is left out", async (scene) => {
    await enqueueMany(scene, 600);
    const first = await scene.tasks.batchCancelTasks({ filter: TEAM });
    scene.clock.advance(10);
    await enqueueMany(scene, 5);
    const { nextPageToken: pageToken } = first;
    const second = await scene.tasks.batchCancelTasks({ filter: TEAM, pageToken });
    assert.equal(first.canceledCount + second.canceledCount, 600);
    assert.equal(await count(scene, TaskState.PENDING), 5);
  });
});

onBothBackends("retry by filter", (it) => {
  it("each task once, also where it fails again in between", async (scene) => {
    const worker = await TestWorker.open(scene);
    await enqueueMany(scene, 1_200);
    await failAll(scene, worker, 1_200);
    scene.clock.advance(10);
    let pageToken = "";
    let retried = 0;
    do {
      const page = await scene.tasks.batchRetryTasks({ filter: TEAM, pageToken });
      retried += page.retriedCount;
      pageToken = page.nextPageToken;
      await failAll(scene, worker, page.retriedCount);
    } while (pageToken !== "");
    assert.equal(retried, 1_200);
    assert.equal(await count(scene, TaskState.FAILED), 1_200);
  });

  it("terminal states only, and of those the filter's", async (scene) => {
    const worker = await TestWorker.open(scene);
    await enqueueMany(scene, 3);
    await worker.fail(await worker.take());
    await worker.succeed(await worker.take());
    const failed = { ...TEAM, states: [TaskState.FAILED, TaskState.PENDING] };
    assert.equal((await scene.tasks.batchRetryTasks({ filter: failed })).retriedCount, 1);
    const pending = { ...TEAM, states: [TaskState.PENDING] };
    assert.equal((await scene.tasks.batchRetryTasks({ filter: pending })).retriedCount, 0);
    assert.equal((await scene.tasks.batchRetryTasks({ filter: TEAM })).retriedCount, 1);
  });

  it("one whose unique key is held by now is left out", async (scene) => {
    const worker = await TestWorker.open(scene);
    const spec = { unique: { key: "k", onConflict: ConflictPolicy.REJECT } };
    await scene.enqueue({ ...TEAM, retryPolicy: { maxAttempts: 1 } }, { spec });
    await worker.fail(await worker.take());
    await scene.enqueue({}, { spec });
    assert.equal((await scene.tasks.batchRetryTasks({ filter: TEAM })).retriedCount, 0);
  });
});

onBothBackends("page tokens", (it) => {
  it("those of another filter or method, and made-up ones, are refused", async (scene) => {
    await enqueueMany(scene, 600);
    const { nextPageToken: pageToken } = await scene.tasks.batchCancelTasks({ filter: TEAM });
    const other = { labels: { team: "b" } };
    const refused = [
      () => scene.tasks.batchCancelTasks({ filter: other, pageToken }),
      () => scene.tasks.batchRetryTasks({ filter: TEAM, pageToken }),
      () => scene.tasks.listTasks({ filter: TEAM, pageToken }),
      () => scene.tasks.batchCancelTasks({ filter: TEAM, pageToken: "made-up" }),
      () => scene.tasks.batchCancelTasks({ filter: TEAM, pageToken: forged("x") }),
    ];
    for (const call of refused)
      await assert.rejects(call(), refusal("PAGE_TOKEN_INVALID", "page_token"));
  });

  it("the order of labels in the filter does not matter", async (scene) => {
    const both = { labels: { team: "a", kind: "x" } };
    for (let made = 0; made < 3; made++) await scene.enqueue(both);
    const { nextPageToken: pageToken } = await scene.tasks.listTasks({ filter: both, pageSize: 2 });
    const filter = { labels: { kind: "x", team: "a" } };
    assert.equal((await scene.tasks.listTasks({ filter, pageToken })).tasks.length, 1);
  });
});

/** A token whose position is not what the method gave. */
function forged(digest: string): string {
  return Buffer.from(JSON.stringify([digest, { cutoffAt: 1, after: null }])).toString("base64url");
}
