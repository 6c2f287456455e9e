import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import type { DescMethodUnary, MessageInitShape } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import type { Client } from "@grpc/grpc-js";
import { AdminService } from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { SystemService } from "../../gen/qtasksapi/v1/system_service_pb.ts";
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { failureOf, seenByConnect } from "../server/callers.ts";
import { call, callRaw, grpcClient, pathOf, seenByGrpc, type SeenError } from "../server/toy.ts";
import { callJson, clientOf, startServe, type Serve } from "./serve.ts";

const tasks = TaskService.method;
const NAME = "e2e.add";
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`label-${index}`, "x"]));
const seconds = (count: number) => ({ seconds: BigInt(count), nanos: 0 });
const text = (value: string) => ({ body: { case: "text", value } }) as const;
const enqueue = (init: MessageInitShape<(typeof tasks.enqueueTask)["input"]>) =>
  bad(tasks.enqueueTask, init);

/** What to send, and the reason and field that must come back. */
interface Case {
  readonly method: DescMethodUnary;
  readonly request: object;
}

function bad<M extends DescMethodUnary>(method: M, request: MessageInitShape<M["input"]>): Case {
  return { method, request };
}

const CASES: Readonly<Record<string, readonly [sent: Case, reason: string, words: RegExp]>> = {
  "a task name that nobody defined": [
    enqueue({ spec: { name: "e2e.no-such-task" } }),
    "DEFINITION_NOT_FOUND",
    /e2e\.no-such-task/,
  ],
  "no task name": [enqueue({ spec: {} }), "FIELD_VIOLATION", /spec\.name/],
  "no spec": [enqueue({}), "FIELD_VIOLATION", /spec/],
  "an id of no task": [bad(tasks.getTask, { taskId: "none" }), "TASK_NOT_FOUND", /none/],
  "a malformed id": [bad(tasks.getTask, { taskId: "a {b}" }), "FIELD_VIOLATION", /task_id/],
  "a malformed id of a new task": [
    enqueue({ taskId: "é", spec: { name: NAME } }),
    "FIELD_VIOLATION",
    /task_id/,
  ],
  "a payload over the limit": [
    enqueue({ spec: { name: NAME, payload: text("x".repeat((1 << 20) + 1)) } }),
    "PAYLOAD_TOO_LARGE",
    /1048576/,
  ],
  "a negative delay": [
    enqueue({ spec: { name: NAME }, start: { case: "delay", value: seconds(-1) } }),
    "FIELD_VIOLATION",
    /delay/,
  ],
  "a negative timeout": [
    enqueue({ spec: { name: NAME, options: { attemptTimeout: seconds(-5) } } }),
    "FIELD_VIOLATION",
    /spec\.options\.attempt_timeout/,
  ],
  "a negative wait": [
    bad(tasks.awaitTask, { taskId: "none", wait: seconds(-1) }),
    "FIELD_VIOLATION",
    /wait/,
  ],
  "labels over the limit": [
    enqueue({ spec: { name: NAME, options: { labels: many(33) } } }),
    "FIELD_VIOLATION",
    /spec\.options\.labels.*32/,
  ],
  "a priority beyond its range": [
    enqueue({ spec: { name: NAME, options: { priority: 1001 } } }),
    "FIELD_VIOLATION",
    /spec\.options\.priority/,
  ],
  "an unknown enum value": [
    bad(tasks.getTask, { taskId: "none", view: 99 as never }),
    "FIELD_VIOLATION",
    /view/,
  ],
  "a page token of nobody's making": [
    bad(tasks.listTasks, { pageToken: "bm9uc2Vuc2U" }),
    "PAGE_TOKEN_INVALID",
    /page_token|page token/,
  ],
  "a filter without a condition": [
    bad(tasks.batchCancelTasks, { filter: {} }),
    "FIELD_VIOLATION",
    /filter/,
  ],
  "too many items": [
    bad(tasks.batchGetTasks, { taskIds: Array.from({ length: 1001 }, (_, i) => `t${i}`) }),
    "FIELD_VIOLATION",
    /task_ids.*1000/,
  ],
  "an unknown queue": [
    bad(AdminService.method.getQueue, { name: "nowhere" }),
    "QUEUE_NOT_FOUND",
    /nowhere/,
  ],
  "an unknown session": [
    bad(AdminService.method.drainWorker, { sessionId: "none" }),
    "SESSION_NOT_FOUND",
    /none/,
  ],
  "a worker without slots": [
    bad(WorkerService.method.registerWorker, { sessionId: "s", workerId: "w", slots: -1 }),
    "FIELD_VIOLATION",
    /slots/,
  ],
  "a definition that nobody made": [
    bad(SystemService.method.deleteTaskDefinition, { name: "e2e.no-such-task" }),
    "DEFINITION_NOT_FOUND",
    /e2e\.no-such-task/,
  ],
};

describe("bad requests get the same error on both listeners, and the server goes on", () => {
  test("what is no valid request", async (t) => {
    const server = await startServe(t);
    const client = grpcClient(t, server.grpc);
    const callers = Object.entries(transportsOf(server));
    for (const [name, [sent, reason, words]] of Object.entries(CASES)) {
      const seen = await byGrpc(client, sent);
      assert.equal(seen.reason, reason, name);
      assert.match(seen.message, words, name);
      for (const [protocol, transport] of callers)
        assert.deepEqual(await byConnect(transport, sent), seen, `${name} by ${protocol}`);
    }
    await goesOn(t, server);
  });

  test("what is no message at all", async (t) => {
    const server = await startServe(t);
    const client = grpcClient(t, server.grpc);
    const path = pathOf(tasks.enqueueTask);
    const noise = Buffer.from("0affffffff0f", "hex");
    const { error } = await callRaw(client, path, noise).ended;
    assert.equal(seenByGrpc(error).reason, "MESSAGE_MALFORMED");
    for (const [type, body] of [
      ["application/proto", noise],
      ["application/json", "{"],
      ["application/json", '{"spec": 5}'],
      ["application/json", '{"spec": {"name": "e2e.add"}, "surprise": 1}'],
      ["application/json", '{"spec": {"options": {"outputRetry": "MAYBE"}}}'],
    ] as const) {
      const response = await fetch(`${server.http}${path}`, {
        method: "POST",
        headers: { "content-type": type },
        body,
      });
      assert.equal(response.status, 400, String(body));
      assert.equal(response.headers.get("qtasks-reason"), "MESSAGE_MALFORMED", String(body));
    }
    await goesOn(t, server);
  });
});

type Transport = ReturnType<typeof createConnectTransport>;

function transportsOf({ http: baseUrl }: Serve): Readonly<Record<string, Transport>> {
  const options = { baseUrl, httpVersion: "1.1" } as const;
  return {
    "Connect with JSON": createConnectTransport(options),
    "Connect with protobuf": createConnectTransport({ ...options, useBinaryFormat: true }),
    "gRPC-Web": createGrpcWebTransport(options),
    "gRPC on the HTTP port": createGrpcTransport({ baseUrl }),
  };
}

async function byGrpc(client: Client, { method, request }: Case): Promise<SeenError> {
  const { error } = await call(client, method, request).ended;
  return seenByGrpc(error);
}

async function byConnect(transport: Transport, { method, request }: Case): Promise<SeenError> {
  const client: Record<string, (request: object) => Promise<unknown>> = createClient(
    method.parent,
    transport,
  );
  return seenByConnect(await failureOf(client[method.localName]!(request)));
}

async function goesOn(t: TestContext, server: Serve): Promise<void> {
  assert.equal(await clientOf(t, server).run(NAME, { x: 20, y: 22 }), 42);
  const { status } = await callJson(server, "SystemService/GetSystemInfo", {});
  assert.equal(status, 200);
}
