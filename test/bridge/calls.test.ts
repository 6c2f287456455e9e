import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { AttemptState, FailureKind, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { methodRegistration } from "../../src/bridge/method-handler.ts";
import { Readiness } from "../../src/bridge/readiness.ts";
import { grpcCalls, openChannel } from "../../src/client/index.ts";
import {
  TaskFailedError,
  type HandlerContext,
  type Payload,
  type TaskHandle,
} from "../../src/index.ts";
import {
  ConformanceTasks,
  CountRequestSchema,
  CountResponseSchema,
  EchoRequestSchema,
  EchoResponseSchema,
  FailRequestSchema,
  MissingRequestSchema,
  WaitRequestSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { SERVICE, startBridge, startServer, until } from "./setup.ts";
import { startTarget } from "./target.ts";

const WAIT = { timeoutMs: 10_000 };

async function failureOf(handle: TaskHandle) {
  const error: unknown = await handle.result(WAIT).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof TaskFailedError, String(error));
  return error.failure;
}

test("a unary call has the bytes, the headers, the attempt and its deadline", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const headers = {
    "x-conformance": "yes",
    "x-conformance-bin": Buffer.from([1, 255]).toString("base64"),
    "x-conformance-umlaut": "ä→",
    "x-conformance/odd": "no key of metadata",
    "content-type": "text/plain",
  };
  const options = { headers, attemptTimeoutMs: 60_000 };
  const handle = await server.enqueue("Echo", EchoRequestSchema, { text: "hällo" }, options);
  const response = await handle.resultMessage(EchoResponseSchema, WAIT);
  assert.equal(response.text, "hällo");
  assert.equal(response.hasDeadline, true);
  const { "qtasks-fencing-token": token, ...metadata } = response.metadata;
  assert.match(token!, /^\d+$/);
  assert.deepEqual(metadata, {
    "qtasks-task-id": handle.id,
    "qtasks-attempt": "1",
    "x-conformance": "yes",
    "x-conformance-bin": "01ff",
  });
  // Made of JSON, without a deadline.
  const json = await server.client.enqueue(`${SERVICE}/Echo`, { text: "json" });
  const second = await json.resultMessage(EchoResponseSchema, WAIT);
  assert.deepEqual([second.text, second.hasDeadline], ["json", false]);
});

test("the target's descriptors and the methods' options are made known to the server", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  const { logs } = await startBridge(server, target.address);
  assert.ok(logs.some(({ msg }) => /stream of requests are left out/.test(msg)));
  const failing = await server.enqueue("Fail", FailRequestSchema, { code: 5 });
  await failureOf(failing);
  const { spec } = await failing.get();
  assert.equal(spec?.options?.retryPolicy?.maxAttempts, 2);
  await assert.rejects(server.client.enqueue(`${SERVICE}/Upload`, {}), {
    reason: "DEFINITION_NOT_FOUND",
  });
});

test("a stream's messages are outputs in order", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const handle = await server.enqueue("Count", CountRequestSchema, { count: 3_000 });
  const values: number[] = [];
  for await (const bytes of handle.outputs<Uint8Array>())
    values.push(fromBinary(CountResponseSchema, bytes).value);
  assert.deepEqual(values, [...Array(3_000).keys()]);
  const { result, state } = await handle.done(WAIT);
  assert.equal(state, TaskState.SUCCEEDED);
  assert.equal(result, undefined);
});

test("a stream is read no faster than its outputs are recorded", async (t) => {
  const target = await startTarget();
  const channel = openChannel({ address: target.address });
  t.after(() => {
    channel.close();
    target.stop();
  });
  const readiness = new Readiness(channel, () => undefined);
  const method = ConformanceTasks.method.count;
  const registration = methodRegistration(method, { address: target.address, channel, readiness });
  const context = {
    signal: new AbortController().signal,
    headers: {},
    taskId: "task",
    attempt: 1,
    fencingToken: 1n,
  } as unknown as HandlerContext;
  const request = toBinary(CountRequestSchema, create(CountRequestSchema, { count: 1_000_000 }));
  const outputs = registration.handler(request, context) as AsyncGenerator<Payload>;
  await outputs.next();
  // The target writes until the connection's window is full, and then no more.
  let written = 0;
  await until(async () => {
    written = target.written();
    await new Promise((resolve) => setTimeout(resolve, 200));
    return written === target.written();
  });
  assert.ok(written < 200_000, `${written} were written`);
  for (let n = 1; n < 100; n++) await outputs.next();
  const last = (await outputs.next()).value as Payload;
  assert.equal(fromBinary(CountResponseSchema, last.body.value as Uint8Array).value, 100);
  await outputs.return(undefined);
});

test("a durable call of a stock client reaches the target", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const channel = openChannel({ address: server.address });
  t.after(() => channel.close());
  const calls = grpcCalls(ConformanceTasks, channel);
  const { text, metadata } = await calls.echo({ text: "through" });
  assert.equal(text, "through");
  assert.equal(metadata["qtasks-attempt"], "1");
  const values: number[] = [];
  for await (const { value } of calls.count({ count: 4 })) values.push(value);
  assert.deepEqual(values, [0, 1, 2, 3]);
  await assert.rejects(calls.fail({ code: 5, message: "no such thing" }), /no such thing/);
});

test("a status is the failure, with its message and details", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const request = { code: 5, message: "no such thing: ä", reason: "GONE" };
  const failure = await failureOf(await server.enqueue("Fail", FailRequestSchema, request));
  assert.equal(failure.kind, FailureKind.APPLICATION);
  assert.deepEqual([failure.code, failure.type], [5, "grpc.NOT_FOUND"]);
  assert.equal(failure.message, "no such thing: ä");
  assert.equal(failure.source, `grpc/${target.address}`);
  assert.equal(failure.stackTrace, "");
  assert.equal(reasonOf(failure.details), "GONE");
  // The target answered: it is not down, whatever the code.
  const unavailable = { code: 14, message: "overloaded" };
  const handle = await server.enqueue("Fail", FailRequestSchema, unavailable, {
    retry: { maxAttempts: 1 },
  });
  const plain = await failureOf(handle);
  assert.deepEqual([plain.type, plain.message], ["grpc.UNAVAILABLE", "overloaded"]);
  assert.equal(plain.details, undefined);
});

function reasonOf(details: Payload | undefined): string | undefined {
  assert.equal(details?.schema, "google.rpc.Status");
  const status = fromBinary(StatusSchema, details.body.value as Uint8Array);
  return anyUnpack(status.details[0]!, ErrorInfoSchema)?.reason;
}

test("a method that the target lacks ends UNIMPLEMENTED", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const handle = await server.enqueue("Missing", MissingRequestSchema, {});
  const failure = await failureOf(handle);
  assert.equal(failure.code, 12);
});

test("a cancel ends the call, and the task is canceled", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const handle = await server.enqueue("Wait", WaitRequestSchema, { delayMs: 60_000 });
  await until(() => target.calls.includes("Wait"));
  await handle.cancel({ reason: "enough" });
  const task = await handle.done(WAIT);
  assert.equal(task.state, TaskState.CANCELED);
  assert.equal(task.cancelReason, "enough");
  await until(() => target.canceled.includes("Wait"));
});

test("the attempt's time ends the call", async (t) => {
  const [server, target] = [await startServer(t), await startTarget()];
  t.after(() => target.stop());
  await startBridge(server, target.address);
  const options = { attemptTimeoutMs: 300, retry: { maxAttempts: 1 } };
  const handle = await server.enqueue("Wait", WaitRequestSchema, { delayMs: 60_000 }, options);
  const failure = await failureOf(handle);
  assert.equal(failure.kind, FailureKind.ATTEMPT_TIMEOUT);
  await until(() => target.canceled.includes("Wait"));
  assert.equal((await handle.get()).attempts[0]?.state, AttemptState.TIMED_OUT);
});
