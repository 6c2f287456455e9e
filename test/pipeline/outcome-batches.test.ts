/** Many outcomes in one call: they are written together, and each has its own verdict. */
import assert from "node:assert/strict";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  LeaseVerdict,
  OutcomeVerdict,
  type LeasedTask,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { onBothBackends, PATIENCE_MS } from "./setup.ts";
import { TestWorker } from "./test-worker.ts";

const { RECORDED, REFUSED, STALE } = OutcomeVerdict;
const ONE = { retryPolicy: { maxAttempts: 1 } };
const limits = { maxPayloadBytes: 100 };

onBothBackends("outcomes of one call", (it) => {
  const success = { case: "success", value: {} } as const;

  it(
    "each has its verdict: known here, said twice, moved on, too large, gone",
    { limits },
    async (scene) => {
      const worker = await TestWorker.open(scene);
      for (let count = 0; count < 5; count++) await scene.enqueue(ONE);
      const leases: LeasedTask[] = [];
      while (leases.length < 5) leases.push(await worker.take());
      const [known, moved, large, gone, failed] = leases.map(({ leaseToken }) => ({ leaseToken }));
      await scene.tasks.cancelTask({ taskId: leases[1]!.taskId });
      await worker.succeed(leases[3]!);
      await scene.tasks.deleteTask({ taskId: leases[3]!.taskId });
      const body = { case: "text", value: "x".repeat(101) } as const;
      const { results } = await scene.workers.reportOutcomes({
        sessionId: worker.sessionId,
        outcomes: [
          { ...known, kind: success },
          { ...known, kind: success },
          { ...moved, kind: success },
          { ...large, kind: { case: "success", value: { result: { body } } } },
          { ...gone, kind: success },
          { ...failed, kind: { case: "failure", value: { message: "boom" } } },
          { leaseToken: new Uint8Array(3), kind: success },
        ],
      });
      assert.deepEqual(
        results.map(({ verdict, taskState }) => [verdict, taskState]),
        [
          [RECORDED, TaskState.SUCCEEDED],
          [RECORDED, TaskState.SUCCEEDED],
          [RECORDED, TaskState.SUCCEEDED],
          [REFUSED, TaskState.RUNNING],
          [STALE, TaskState.UNSPECIFIED],
          [RECORDED, TaskState.FAILED],
          [STALE, TaskState.UNSPECIFIED],
        ],
      );
      assert.equal((await worker.succeed(leases[2]!)).verdict, RECORDED);
    },
  );

  it("where the write fails, the leases are held on", async (scene) => {
    const worker = await TestWorker.open(scene);
    const { taskId } = await scene.enqueue();
    const lease = await worker.take();
    const write = scene.storage.write.bind(scene.storage);
    scene.storage.write = () => Promise.reject(new Error("no"));
    await assert.rejects(worker.succeed(lease));
    scene.storage.write = write;
    // Word of the lease finds its session still.
    await scene.tasks.cancelTask({ taskId });
    const { leaseStatuses } = await worker.poll(1, PATIENCE_MS);
    assert.deepEqual(
      leaseStatuses.map(({ verdict }) => verdict),
      [LeaseVerdict.CANCEL_REQUESTED],
    );
    assert.equal((await worker.succeed(lease)).verdict, RECORDED);
  });
});
