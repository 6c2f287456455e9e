import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { startNode, type RunningProcess } from "../support/process.ts";
import {
  CountRequestSchema,
  EchoRequestSchema,
  EchoResponseSchema,
  WaitRequestSchema,
  WaitResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { makeBridge, SERVICE, startBridge, startServer, until } from "./setup.ts";
import { startTarget } from "./target.ts";

const WAIT = { timeoutMs: 20_000 };
const NOT_READY = /not ready: no tasks are taken/;
const READY_AGAIN = /ready: tasks are taken again/;

async function startProcess(t: TestContext, port = 0): Promise<[RunningProcess, string]> {
  const program = join(import.meta.dirname, "target-process.ts");
  const running = startNode(t, [program, String(port)]);
  const [, address] = await running.waitForLine(/serves on (\S+)/);
  return [running, address!];
}

test("the target is killed in the middle of a call, and started again: one outcome", async (t) => {
  const server = await startServer(t);
  const [first, address] = await startProcess(t);
  const { logged } = await startBridge(server, address);
  const request = { delayMs: 400 };
  const options = { retry: { maxAttempts: 1 } };
  const handle = await server.enqueue("Wait", WaitRequestSchema, request, options);
  await first.waitForLine(/begun Wait/);
  first.kill("SIGKILL");
  await logged(NOT_READY);
  const [second] = await startProcess(t, Number(address.split(":")[1]));
  const response = await handle.resultMessage(WaitResponseSchema, WAIT);
  assert.equal(response.pid, second.pid);
  const { state, attempts, attemptCount, lostLeaseCount } = await handle.get();
  assert.equal(state, TaskState.SUCCEEDED);
  // Only the one that was answered counts.
  assert.deepEqual([attemptCount, lostLeaseCount], [1, 0]);
  assert.deepEqual(
    new Set(attempts.map((attempt) => attempt.state)),
    new Set([AttemptState.RELEASED, AttemptState.SUCCEEDED]),
  );
  await logged(READY_AGAIN);
});

test("a target that ends its connections in the middle of a stream gives the task back too", async (t) => {
  const server = await startServer(t);
  const target = await startTarget();
  t.after(() => target.stop());
  const { logged } = await startBridge(server, target.address);
  const request = { count: 3, delayMs: 200 };
  const handle = await server.enqueue("Count", CountRequestSchema, request);
  await until(() => target.calls.includes("Count"));
  target.stop();
  await logged(NOT_READY);
  const again = await startTarget({ port: Number(target.address.split(":")[1]) });
  t.after(() => again.stop());
  const { state } = await handle.done(WAIT);
  assert.equal(state, TaskState.SUCCEEDED);
  const { attempts } = await handle.get();
  assert.equal(attempts[0]?.state, AttemptState.RELEASED);
});

test("no task is taken while the health service says that it does not serve", async (t) => {
  const server = await startServer(t);
  const target = await startTarget({ health: Status.SERVING });
  t.after(() => target.stop());
  const { logged } = await startBridge(server, target.address);
  // What runs goes on meanwhile.
  const slow = await server.enqueue("Wait", WaitRequestSchema, { delayMs: 500 });
  await until(() => target.calls.includes("Wait"));
  target.setHealth(Status.NOT_SERVING);
  await logged(NOT_READY);
  const waiting = await server.enqueue("Echo", EchoRequestSchema, { text: "later" });
  const { pid } = await slow.resultMessage(WaitResponseSchema, WAIT);
  assert.equal(pid, process.pid);
  // What was handed out at the moment has gone back.
  const { state } = await waiting.get();
  assert.ok(state === TaskState.PENDING || state === TaskState.RETRYING, String(state));
  assert.ok(!target.calls.includes("Echo"));
  target.setHealth(Status.SERVING);
  assert.equal((await waiting.resultMessage(EchoResponseSchema, WAIT)).text, "later");
});

test("a target that is not there at first is waited for, until it serves", async (t) => {
  const server = await startServer(t);
  const probe = await startTarget();
  probe.stop();
  const { bridge, logged } = makeBridge(server, probe.address);
  const starting = bridge.start();
  await logged(/the target can't be reached; trying again/);
  const target = await startTarget({
    port: Number(probe.address.split(":")[1]),
    health: Status.NOT_SERVING,
    reflection: "v1alpha",
  });
  t.after(() => target.stop());
  await logged(/waiting for the target to be ready/);
  await assert.rejects(server.client.enqueue(`${SERVICE}/Echo`, {}), {
    reason: "DEFINITION_NOT_FOUND",
  });
  target.setHealth(Status.SERVING);
  await starting;
  const handle = await server.enqueue("Echo", EchoRequestSchema, { text: "now" });
  assert.equal((await handle.resultMessage(EchoResponseSchema, WAIT)).text, "now");
});

test("a bridge that ends leaves nothing open, whatever its target does", async (t) => {
  const server = await startServer(t);
  await assertNoLeaks(async () => {
    for (const health of [Status.SERVING, undefined]) {
      const target = await startTarget({ health });
      const { bridge, logged } = await startBridge(server, target.address);
      const stopped = health === undefined ? bridge.stop() : undefined;
      target.stop();
      if (stopped === undefined) await logged(NOT_READY);
      await Promise.all([bridge.stop(), bridge.stop(), stopped]);
      await bridge.done;
    }
    await server.endBridges();
  });
});

test("a bridge that is stopped before its target is there ends", async (t) => {
  const server = await startServer(t);
  const probe = await startTarget();
  probe.stop();
  const { bridge, logged } = makeBridge(server, probe.address);
  const starting = bridge.start();
  await logged(/can't be reached/);
  const ended = assert.rejects(starting, { reason: "CALL_CANCELED" });
  await bridge.stop();
  await ended;
});
