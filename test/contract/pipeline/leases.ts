/** Leases that end without an outcome: their tasks come back, and late words count for nothing. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { OutcomeVerdict } from "../../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { DeclareScenario } from "./site.ts";
import { success, Worker } from "./worker.ts";

/** A lease that ends while a scenario waits, in ms. */
const SHORT_MS = 250;

export function leaseScenarios(it: DeclareScenario): void {
  it("a lease that is not renewed is lost, and another attempt follows", async (site) => {
    const server = await site.open({ timings: { leaseMs: SHORT_MS } });
    const worker = await Worker.open(server);
    const taskId = await server.enqueue();
    const lease = await worker.take();
    await worker.renew(lease);
    const second = await worker.take();
    assert.deepEqual([second.taskId, second.attempt], [taskId, 2]);
    assert.equal(await worker.report(lease, success("late")), OutcomeVerdict.STALE);
    await worker.succeed(second, "in time");
    const { result, attempts, lostLeaseCount } = await server.end(taskId);
    assert.deepEqual([result!.body.value, lostLeaseCount], ["in time", 1]);
    assert.deepEqual(
      attempts.map(({ state }) => state),
      [AttemptState.LOST, AttemptState.SUCCEEDED],
    );
    await worker.takeNothing();
  });

  it("a task that never arrived at its worker is offered again, uncounted", async (site) => {
    const server = await site.open({ timings: { deliveryTimeoutMs: SHORT_MS } });
    const worker = await Worker.open(server);
    const taskId = await server.enqueue();
    await worker.take();
    await worker.succeed(await worker.take());
    const { state, lostLeaseCount } = await server.end(taskId);
    assert.deepEqual([state, lostLeaseCount], [TaskState.SUCCEEDED, 0]);
  });

  it("a lease that is renewed lasts", async (site) => {
    const server = await site.open({ timings: { leaseMs: 2_000, deliveryTimeoutMs: SHORT_MS } });
    const worker = await Worker.open(server);
    const taskId = await server.enqueue();
    const lease = await worker.take();
    await worker.renew(lease);
    await new Promise((resolve) => setTimeout(resolve, 2 * SHORT_MS));
    await worker.takeNothing();
    await worker.succeed(lease);
    assert.equal((await server.end(taskId)).attemptCount, 1);
  });
}
