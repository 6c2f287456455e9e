import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { status as Code } from "@grpc/grpc-js";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { failureOf, httpClients, seenByConnect } from "./callers.ts";
import { call, callRaw, grpcClient, pathOf, seenByGrpc, startToy, type ToyServer } from "./toy.ts";

const { getTask, enqueueTask } = TaskService.method;
const MALFORMED = "MESSAGE_MALFORMED";
const NOT_PROTOBUF = Buffer.from("0affffffff0f", "hex");

const functions = {
  getTask: async ({ taskId }: { taskId: string }) => ({ task: { taskId } }),
  enqueueTask: async () => ({ created: true }),
};

function post(toy: ToyServer, contentType: string, body: string | Buffer, headers = {}) {
  return fetch(`${toy.httpUrl}${pathOf(getTask)}`, {
    method: "POST",
    headers: { "Content-Type": contentType, ...headers },
    body,
  });
}

test("bytes that aren't the message are refused by gRPC, and the connection goes on", async (t) => {
  const toy = await startToy(t, functions);
  const client = grpcClient(t, toy.grpcAddress);
  const { error } = await callRaw(client, pathOf(getTask), NOT_PROTOBUF).ended;
  const seen = seenByGrpc(error);
  assert.equal(seen.code, Code.INVALID_ARGUMENT);
  assert.equal(seen.reason, MALFORMED);
  assert.match(seen.message, /qtasksapi\.v1\.GetTaskRequest/);
  const streamed = await callRaw(client, pathOf(TaskService.method.watchTask), NOT_PROTOBUF).ended;
  assert.equal(seenByGrpc(streamed.error).reason, MALFORMED);
  const after = await call(client, getTask, { taskId: "a" }).ended;
  assert.equal(after.error, undefined);
});

test("bytes and JSON that aren't the message are refused by HTTP", async (t) => {
  const toy = await startToy(t, functions);
  const bodies: [contentType: string, body: string | Buffer][] = [
    ["application/proto", NOT_PROTOBUF],
    ["application/json", "{"],
    ["application/json", "[]"],
    ["application/json", '{"taskId": 5}'],
    ["application/json", '{"task": "a"}'],
    ["application/json", '{"view": "NO_SUCH_VIEW"}'],
  ];
  for (const [contentType, body] of bodies) {
    const response = await post(toy, contentType, body);
    assert.equal(response.status, 400, String(body));
    assert.equal(response.headers.get("qtasks-reason"), MALFORMED);
    const error = (await response.json()) as { code: string; message: string };
    assert.equal(error.code, "invalid_argument");
    assert.match(error.message, /^not a qtasksapi\.v1\.GetTaskRequest: /);
  }
  const good = await post(toy, "application/json", '{"taskId": "a"}');
  assert.deepEqual(await good.json(), { task: { taskId: "a" } });
});

test("malformed gRPC-Web and Connect streams are refused in their protocol", async (t) => {
  const toy = await startToy(t, functions);
  const envelope = Buffer.concat([Buffer.from([0, 0, 0, 0, NOT_PROTOBUF.length]), NOT_PROTOBUF]);
  const web = await post(toy, "application/grpc-web+proto", envelope);
  assert.equal(web.status, 200);
  assert.match(
    await web.text(),
    /grpc-status: ?3[\s\S]*qtasks-reason: ?MESSAGE_MALFORMED|qtasks-reason: ?MESSAGE_MALFORMED[\s\S]*grpc-status: ?3/i,
  );
  const stream = await fetch(`${toy.httpUrl}${pathOf(TaskService.method.watchTask)}`, {
    method: "POST",
    headers: { "Content-Type": "application/connect+json" },
    body: Buffer.concat([Buffer.from([0, 0, 0, 0, 3]), Buffer.from("nul")]),
  });
  const end = (await stream.text()).slice(5);
  assert.deepEqual(JSON.parse(end).error.code, "invalid_argument");
  assert.deepEqual(JSON.parse(end).metadata["qtasks-reason"], [MALFORMED]);
});

test("a request over the limit is RESOURCE_EXHAUSTED everywhere, whatever its size", async (t) => {
  const toy = await startToy(t, functions);
  const client = grpcClient(t, toy.grpcAddress, { "grpc.max_send_message_length": -1 });
  const limit = 4 * 1024 * 1024;
  for (const bytes of [limit + 1, limit + 70_000, 1.5 * limit]) {
    const spec = { payload: { body: { case: "data" as const, value: new Uint8Array(bytes) } } };
    const { error } = await call(client, enqueueTask, { spec }).ended;
    const seen = seenByGrpc(error);
    assert.equal(seen.code, Code.RESOURCE_EXHAUSTED);
    assert.equal(seen.reason, "PAYLOAD_TOO_LARGE");
    for (const [protocol, other] of Object.entries(httpClients(toy.httpUrl))) {
      const thrown = await failureOf(other.enqueueTask({ spec }));
      assert.deepEqual(seenByConnect(thrown), seen, `${bytes} bytes by ${protocol}`);
    }
  }
  const after = await call(client, getTask, { taskId: "a" }).ended;
  assert.equal(after.error, undefined);
});

test("a small body that inflates over the limit is refused", async (t) => {
  const toy = await startToy(t, functions);
  const bomb = gzipSync(`{"taskId": "${"a".repeat(8 * 1024 * 1024)}"}`);
  const response = await post(toy, "application/json", bomb, { "Content-Encoding": "gzip" });
  assert.equal(response.headers.get("qtasks-reason"), "PAYLOAD_TOO_LARGE");
});

test("an answer over the limit is an error, not a message that clients refuse", async (t) => {
  const value = new Uint8Array(9 * 1024 * 1024);
  const toy = await startToy(t, {
    getTask: async () => ({ task: { spec: { payload: { body: { case: "data", value } } } } }),
  });
  const client = grpcClient(t, toy.grpcAddress);
  const seen = seenByGrpc((await call(client, getTask, {}).ended).error);
  assert.equal(seen.reason, "PAYLOAD_TOO_LARGE");
  for (const [protocol, other] of Object.entries(httpClients(toy.httpUrl))) {
    assert.deepEqual(seenByConnect(await failureOf(other.getTask({}))), seen, protocol);
  }
});

test("an answer that can't be encoded is hidden like any fault of ours", async (t) => {
  const toy = await startToy(t, { getTask: async () => ({ task: { revision: "many" as never } }) });
  const client = grpcClient(t, toy.grpcAddress);
  const seen = seenByGrpc((await call(client, getTask, {}).ended).error);
  assert.equal(seen.reason, "INTERNAL");
  for (const [protocol, other] of Object.entries(httpClients(toy.httpUrl))) {
    const { code, reason } = seenByConnect(await failureOf(other.getTask({})));
    assert.deepEqual({ code, reason }, { code: 13, reason: "INTERNAL" }, protocol);
  }
});

test("an unknown method has a reason on both listeners", async (t) => {
  const toy = await startToy(t, functions);
  const client = grpcClient(t, toy.grpcAddress);
  const path = "/qtasksapi.v1.TaskService/NoSuchMethod";
  const seen = seenByGrpc((await callRaw(client, path, new Uint8Array()).ended).error);
  assert.equal(seen.code, Code.UNIMPLEMENTED);
  assert.equal(seen.reason, "METHOD_NOT_FOUND");
  assert.match(seen.message, /NoSuchMethod/);
  const response = await fetch(`${toy.httpUrl}${path}`, { method: "POST", body: "{}" });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("qtasks-reason"), "METHOD_NOT_FOUND");
  const overHttp = grpcClient(t, toy.httpUrl.replace("http://", ""));
  const other = seenByGrpc((await callRaw(overHttp, path, new Uint8Array()).ended).error);
  assert.deepEqual(other, seen);
});
