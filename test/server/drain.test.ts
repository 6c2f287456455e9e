import assert from "node:assert/strict";
import { test } from "node:test";

import { status as Code } from "@grpc/grpc-js";

import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { CallContext } from "../../src/server/service.ts";
import { Server } from "../../src/server/server.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { failureOf, httpClients, seenByConnect } from "./callers.ts";
import { call, grpcClient, seenByGrpc, startToy, testLog, toyService } from "./toy.ts";

const { getTask } = TaskService.method;

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

/** A unary function that waits, and a promise of `count` calls that wait. */
function parking(count: number, wait: (context: CallContext) => Promise<void>) {
  const parked = Promise.withResolvers<void>();
  let left = count;
  const getTask = async (_request: object, context: CallContext) => {
    if (--left === 0) parked.resolve();
    await wait(context);
    return { task: { taskId: "answered" } };
  };
  return { getTask, parked: parked.promise };
}

test("parked calls answer at once when the drain begins", async (t) => {
  const { getTask: park, parked } = parking(2, ({ draining }) => aborted(draining));
  const toy = await startToy(t, { getTask: park }, { graceMs: 60_000 });
  const client = grpcClient(t, toy.grpcAddress);
  const [http] = Object.values(httpClients(toy.httpUrl));
  const answers = [call(client, getTask, {}).ended, http!.getTask({})] as const;
  await parked;
  await toy.server.stop();
  assert.equal((await answers[0]).error, undefined);
  assert.equal((await answers[1]).task?.taskId, "answered");
});

test("while it drains, new calls are refused and probes say so", async (t) => {
  const finish = Promise.withResolvers<void>();
  const { getTask: park, parked } = parking(1, () => finish.promise);
  const toy = await startToy(t, { getTask: park }, { graceMs: 60_000 });
  const client = grpcClient(t, toy.grpcAddress);
  const clients = Object.entries(httpClients(toy.httpUrl));
  const underWay = call(client, getTask, {}).ended;
  await parked;
  const stopped = toy.server.stop();
  const seen = seenByGrpc((await call(client, getTask, {}).ended).error);
  assert.equal(seen.code, Code.UNAVAILABLE);
  assert.equal(seen.reason, "SHUTTING_DOWN");
  for (const [protocol, other] of clients) {
    assert.deepEqual(seenByConnect(await failureOf(other.getTask({}))), seen, protocol);
  }
  const readyz = await fetch(`${toy.httpUrl}/readyz`);
  assert.equal(readyz.status, 503);
  assert.equal(((await readyz.json()) as { ready: boolean }).ready, false);
  const health = await call(client, Health.method.check, {}).ended;
  assert.deepEqual([...(health.bytes ?? [])], [8, 2], "NOT_SERVING");
  finish.resolve();
  assert.equal((await underWay).error, undefined);
  await stopped;
});

test("what ignores the drain is refused when the grace is over", async (t) => {
  const signals: AbortSignal[] = [];
  const { getTask: park, parked } = parking(2, ({ signal }) => {
    signals.push(signal);
    return new Promise(() => undefined);
  });
  const toy = await startToy(t, { getTask: park }, { graceMs: 50 });
  const client = grpcClient(t, toy.grpcAddress);
  const [http] = Object.values(httpClients(toy.httpUrl));
  const answers = [call(client, getTask, {}).ended, failureOf(http!.getTask({}))] as const;
  await parked;
  await toy.server.stop();
  assert.equal(seenByGrpc((await answers[0]).error).reason, "SHUTTING_DOWN");
  assert.equal(seenByConnect(await answers[1]).reason, "SHUTTING_DOWN");
  assert.ok(signals.every((signal) => signal.aborted));
});

test("start and stop can be repeated, and leave nothing behind", async () => {
  await assertNoLeaks(async () => {
    const options = { services: [toyService({})], logger: testLog().logger };
    const neverStarted = new Server({ ...options, grpc: "127.0.0.1:0", http: "127.0.0.1:0" });
    await neverStarted.stop();
    await assert.rejects(neverStarted.start(), { reason: "CONFIG_INVALID" });
    const server = new Server({ ...options, grpc: "127.0.0.1:0", http: "127.0.0.1:0" });
    await Promise.all([server.start(), server.start()]);
    await fetch(`http://${server.httpAddress}/livez`).then((response) => response.text());
    await Promise.all([server.stop(), server.stop()]);
    const stoppedAtOnce = new Server({ ...options, grpc: "127.0.0.1:0", http: "127.0.0.1:0" });
    const started = stoppedAtOnce.start();
    await stoppedAtOnce.stop();
    await started;
  });
});

test("one listener can be left out", async (t) => {
  const onlyHttp = await startToy(t, {}, { grpc: false });
  assert.equal(onlyHttp.server.grpcAddress, undefined);
  assert.equal((await fetch(`${onlyHttp.httpUrl}/livez`)).status, 200);
  const onlyGrpc = await startToy(t, {}, { http: false });
  assert.equal(onlyGrpc.server.httpAddress, undefined);
});

test("a service that comes later is served, listed and reflected", async (t) => {
  const toy = await startToy(t, {}, { services: [] });
  const client = grpcClient(t, toy.grpcAddress);
  const before = seenByGrpc((await call(client, getTask, {}).ended).error);
  assert.equal(before.reason, "METHOD_NOT_FOUND");
  toy.server.addService(toyService({ getTask: async () => ({ task: { taskId: "late" } }) }));
  assert.equal((await call(client, getTask, {}).ended).error, undefined);
  for (const [protocol, other] of Object.entries(httpClients(toy.httpUrl))) {
    assert.equal((await other.getTask({})).task?.taskId, "late", protocol);
  }
  assert.throws(() => toy.server.addService(toyService({})), { reason: "DEFINITION_CONFLICT" });
});
