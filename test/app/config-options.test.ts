/** Options of the configuration reach the part of the app that they are for. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  QueueTasks,
  type ConfigSource,
  type QueueTasksOptions,
  type ResolvedConfig,
} from "../../src/index.ts";
import { certificate } from "../support/certificate.ts";
import { memoryApp, QUIET } from "./memory-app.ts";

test("those of the worker: its name, its build, its slots and its queues", async (t) => {
  const options = { workerId: "w1", buildId: "b2", slots: 3, queues: ["one", "two"] };
  const app = memoryApp(t, options);
  app.task("t", () => 1);
  await app.start();
  const { workers } = (await post(app, "AdminService/ListWorkers", {})) as {
    readonly workers: readonly QueueTasksOptions[];
  };
  const [{ workerId, buildId, slots, queues } = {}] = workers;
  assert.deepEqual({ workerId, buildId, slots, queues }, options);
});

test("what an app resolved has types with names, so that a program can hand it on", () => {
  const configOf = (app: QueueTasks): ResolvedConfig => app.config;
  const { values, sources } = configOf(new QueueTasks({ slots: 3, env: {}, configFile: false }));
  const named: readonly ConfigSource[] = [sources.slots, sources.graceMs];
  assert.deepEqual([values.slots, ...named], [3, "argument", "default"]);
});

test("insecure: without it no listener is open to other machines", async (t) => {
  const open = { grpc: "0.0.0.0:0", http: false } as const;
  const app = memoryApp(t, open);
  await assert.rejects(app.start({ worker: false }), { reason: "CONFIG_INVALID" });
  const trusting = memoryApp(t, { ...open, insecure: true });
  await trusting.start({ worker: false });
  assert.match(trusting.grpcAddress!, /^0\.0\.0\.0:\d+$/);
});

test("corsOrigins: pages of these may call", async (t) => {
  const origin = "https://tasks.example.com";
  const app = memoryApp(t, { corsOrigins: [origin] });
  await app.start({ worker: false });
  for (const [asks, answer] of [
    [origin, origin],
    ["https://other.example.com", null],
  ] as const) {
    const { headers } = await fetch(`http://${app.httpAddress}/livez`, {
      headers: { origin: asks },
    });
    assert.equal(headers.get("access-control-allow-origin"), answer);
  }
});

test("token, tlsCert, tlsKey and tlsCa: a server and those who work for it speak TLS and know each other", async (t) => {
  const { certFile, keyFile } = certificate();
  const app = memoryApp(t, { tlsCert: certFile, tlsKey: keyFile, token: "a-token-of-some-length" });
  app.task("t", () => "done");
  await app.start();
  const server = app.grpcAddress!.replace("127.0.0.1", "localhost");
  const run = async (options: QueueTasksOptions): Promise<unknown> => {
    const caller = new QueueTasks({ ...QUIET, server, ...options });
    t.after(() => caller.stop());
    return (await caller.client()).run("t", null, { timeoutMs: 2_000 });
  };
  const token = "a-token-of-some-length";
  assert.equal(await run({ tlsCa: certFile, token }), "done");
  await assert.rejects(run({ tlsCa: certFile, token: "another-one" }), { reason: "TOKEN_INVALID" });
  await assert.rejects(run({ tlsCa: certFile }), { reason: "TOKEN_INVALID" });
  // The certificate is not one that the machine trusts by itself.
  await assert.rejects(run({ tls: true, token }), { reason: "SERVER_UNREACHABLE" });
});

test("limits and timings: the pipeline's", async (t) => {
  const limits = { maxPayloadBytes: 100 };
  const timings = { heartbeatIntervalMs: 1_250, leaseMs: 9_000 };
  const app = memoryApp(t, { limits, timings });
  const task = app.task("t", (text: string) => text.length);
  await app.start();
  assert.equal(await task.run("short"), 5);
  await assert.rejects(task.run("x".repeat(200)), { reason: "PAYLOAD_TOO_LARGE" });
  const told = await post(app, "WorkerService/RegisterWorker", {
    sessionId: randomUUID(),
    workerId: "another",
    definitions: [{ name: "t" }],
    slots: 1,
  });
  const { heartbeatInterval, leaseDuration } = told as Record<string, string>;
  assert.deepEqual([heartbeatInterval, leaseDuration], ["1.250s", "9s"]);
});

/** A call as programs without stubs make it. */
async function post(app: QueueTasks, method: string, request: object): Promise<unknown> {
  const response = await fetch(`http://${app.httpAddress}/qtasksapi.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return response.json();
}
