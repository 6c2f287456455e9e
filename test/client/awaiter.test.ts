import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServiceCalls } from "../../src/core/calls.ts";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { Awaiter, MANY_PARKED_CALLS } from "../../src/client/awaiter.ts";

const WAIT_MS = 30;

test("a wait that is over is not asked for again, also before its timer has its turn", async () => {
  let calls = 0;
  const batchAwaitTasks = async (): Promise<object> => {
    calls++;
    assert.ok(calls < 100, "asked again and again: no timer of the process would ever run");
    const until = performance.now() + WAIT_MS;
    // The process is busy until the wait is over; the answer is there before the wait's own timer is.
    while (performance.now() < until);
    return { tasks: [], missingTaskIds: [] };
  };
  const awaiter = new Awaiter({ batchAwaitTasks } as unknown as ServiceCalls<typeof TaskService>, {
    patienceMs: 1_000,
    parkedCalls: MANY_PARKED_CALLS,
    signal: new AbortController().signal,
  });
  const waiting = awaiter.await("t", { timeoutMs: WAIT_MS });
  await assert.rejects(waiting, { reason: "STILL_RUNNING" });
  assert.equal(calls, 1);
});
