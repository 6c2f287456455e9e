/** Needs the machine for itself: see `test:alone` in package.json. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test, type TestContext } from "node:test";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { grpcCalls, openChannel, TaskState, type Task } from "../../src/client/index.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import { uuidv7 } from "../../src/core/ids.ts";
import { BACKENDS, callJson, clientOf, startServe, type Serve } from "./serve.ts";

const COUNT = 10_000;
const MEMORY_LIMIT_MB = 512;
const PATIENCE_MS = 120_000;

describe("10,000 EnqueueTask calls at once are acknowledged, and 10,000 tasks awaited at once", () => {
  for (const [backend, url] of Object.entries(BACKENDS)) {
    test(`by a client: ${backend}`, async (t) => {
      await enqueueAndAwait(t, await startServe(t, { url: await url() }), gather);
    });
  }

  test("by one AwaitTask call for each: sqlite", async (t) => {
    const server = await startServe(t, { url: await BACKENDS["sqlite"]!() });
    await enqueueAndAwait(t, server, awaitOneByOne);
  });
});

type AwaitAll = (t: TestContext, server: Serve, taskIds: readonly string[]) => Promise<Task[]>;

async function enqueueAndAwait(t: TestContext, server: Serve, awaitAll: AwaitAll): Promise<void> {
  const calls = callsOf(t, server);
  // So that all of them wait when they are awaited.
  await callJson(server, "AdminService/PauseQueue", { name: "default" });
  const taskIds = Array.from({ length: COUNT }, () => uuidv7());

  const created = await Promise.all(taskIds.map((taskId) => enqueue(calls, taskId)));
  assert.ok(created.every(Boolean));
  assert.equal((await clientOf(t, server).count()).count, BigInt(COUNT));

  const awaited = awaitAll(t, server, taskIds);
  await callJson(server, "AdminService/ResumeQueue", { name: "default" });
  const tasks = await awaited;
  assert.equal(tasks.length, COUNT);
  assert.ok(tasks.every(({ state }) => state === TaskState.SUCCEEDED));

  const memoryMb = peakMemoryMb(server);
  t.diagnostic(`the server took ${memoryMb} MB at most`);
  assert.ok(memoryMb < MEMORY_LIMIT_MB, `the server took ${memoryMb} MB`);
}

type Calls = ServiceCalls<typeof TaskService>;

function callsOf(t: TestContext, { grpc }: Serve): Calls {
  const channel = openChannel({ address: grpc });
  t.after(() => channel.close());
  return grpcCalls(TaskService, channel);
}

async function enqueue(calls: Calls, taskId: string): Promise<boolean> {
  const request = { taskId, spec: { name: "e2e.noop" } };
  return (await calls.enqueueTask(request, { timeoutMs: PATIENCE_MS })).created;
}

async function awaitTask(calls: Calls, taskId: string): Promise<Task> {
  const wait = { seconds: 60n, nanos: 0 };
  for (;;) {
    const answer = await calls.awaitTask({ taskId, wait }, { timeoutMs: PATIENCE_MS });
    if (answer.done) return answer.task!;
  }
}

function gather(t: TestContext, server: Serve, taskIds: readonly string[]): Promise<Task[]> {
  const client = clientOf(t, server);
  return Promise.all(taskIds.map((taskId) => client.await(taskId)));
}

function awaitOneByOne(t: TestContext, server: Serve, ids: readonly string[]): Promise<Task[]> {
  const calls = callsOf(t, server);
  return Promise.all(ids.map((taskId) => awaitTask(calls, taskId)));
}

function peakMemoryMb({ process }: Serve): number {
  const status = readFileSync(`/proc/${process.pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}
