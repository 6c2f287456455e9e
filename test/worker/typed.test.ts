import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { anyUnpack, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { FailureKind, type PayloadSchema, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { protobufPayload } from "../../src/core/payload.ts";
import { Router } from "../../src/routers/router.ts";
import type { ServiceHandlers } from "../../src/routers/service-handlers.ts";
import { TaskError } from "../../src/worker/errors.ts";
import type { Registration } from "../../src/worker/registration.ts";
import { schemaOf } from "../../src/worker/schema.ts";
import {
  ConformanceTasks,
  CountRequestSchema,
  CountResponseSchema,
  EchoRequestSchema,
  EchoResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { create as createWorker, failureOf } from "./setup.ts";

const NAME = "conformance.v1.ConformanceTasks";

/** A worker on a fake server with handlers of the service, running. */
async function setup(t: TestContext, handlers: ServiceHandlers<typeof ConformanceTasks>) {
  const made = createWorker({}, { handlers: registrations(handlers) });
  t.after(() => made.worker.stop());
  await made.worker.start();
  return made.server;
}

function registrations(handlers: ServiceHandlers<typeof ConformanceTasks>): Registration[] {
  const router = new Router();
  const found: Registration[] = [];
  router.attach(({ name, task, defaults }) => {
    if (task.isHandled) found.push(task.registration(name, defaults));
  });
  router.service(ConformanceTasks, handlers);
  return found;
}

function push(
  server: Awaited<ReturnType<typeof setup>>,
  method: string,
  payload: MessageInitShape<typeof PayloadSchema> | undefined,
): string {
  const name = `${NAME}/${method}`;
  return server.push({ name, spec: { name, payload } });
}

function payloadOf<S extends DescMessage>(schema: S, init: MessageInitShape<S>): Payload {
  return protobufPayload(schema, create(schema, init));
}

test("messages in, messages out: of protobuf, of JSON, and of nothing", async (t) => {
  const server = await setup(t, { echo: async ({ text }) => ({ text: `<${text}>` }) });
  const result = async (payload: MessageInitShape<typeof PayloadSchema> | undefined) => {
    const { kind } = await server.outcome(push(server, "Echo", payload));
    assert.equal(kind.case, "success");
    const { body, contentType, schema } = (kind.value as { result: Payload }).result;
    assert.deepEqual({ contentType, schema }, TYPED);
    return fromBinary(EchoResponseSchema, body.value as Uint8Array).text;
  };
  const TYPED = { contentType: "application/protobuf", schema: "conformance.v1.EchoResponse" };
  assert.equal(await result(payloadOf(EchoRequestSchema, { text: "ä" })), "<ä>");
  assert.equal(await result({ body: { case: "text", value: '{"text":"json"}' } }), "<json>");
  const data = Buffer.from('{"text":"bytes"}');
  assert.equal(
    await result({ body: { case: "data", value: data }, contentType: "application/json" }),
    "<bytes>",
  );
  assert.equal(await result(undefined), "<>");
});

test("a stream's messages are outputs, and there is no result", async (t) => {
  const server = await setup(t, {
    async *count({ count }) {
      for (let value = 0; value < count; value++) yield { value };
    },
  });
  const id = push(server, "Count", payloadOf(CountRequestSchema, { count: 3 }));
  const { kind, eventCount } = await server.outcome(id);
  assert.equal(kind.case, "success");
  assert.equal((kind.value as { result?: Payload }).result, undefined);
  assert.equal(eventCount, 3n);
  const outputs = server.eventsOf(id).events.map(({ event }) => event.value as Payload);
  assert.deepEqual(
    outputs.map(({ body }) => fromBinary(CountResponseSchema, body.value as Uint8Array).value),
    [0, 1, 2],
  );
  assert.equal(outputs[0]?.schema, "conformance.v1.CountResponse");
});

test("an input that is no such message is rejected before the handler", async (t) => {
  const server = await setup(t, { echo: () => assert.fail("not run") });
  const bad: [RegExp, MessageInitShape<typeof PayloadSchema>][] = [
    [/expected a .*EchoRequest, found a .*CountRequest/, payloadOf(CountRequestSchema, {})],
    [/found application\/x-thing/, { body: data("a"), contentType: "application/x-thing" }],
    [/found bytes without a type/, { body: data("a") }],
    [/payload: /, { body: data("\xff\xff"), contentType: "application/protobuf" }],
    [
      /no codec for the encoding gzip; it takes the plugin payloadCodec/,
      { ...payloadOf(EchoRequestSchema, {}), encodings: ["gzip"] },
    ],
    [/not the JSON/, { body: { case: "text", value: "{" } }],
    [/unknown/, { body: { case: "text", value: '{"unknown":1}' } }],
    [/payload: /, { body: { case: "text", value: "null" } }],
  ];
  for (const [message, payload] of bad) {
    const failure = failureOf(await server.outcome(push(server, "Echo", payload)));
    assert.equal(failure.kind, FailureKind.REJECTED);
    assert.equal(failure.type, "qtasks.PayloadUndecodable");
    assert.match(failure.message, message);
  }
});

test("a ConnectError is the status of the failure, with its details", async (t) => {
  const server = await setup(t, {
    echo: ({ text }) => {
      if (text === "plain") throw new ConnectError("not now", Code.Unavailable);
      const details = [{ desc: ErrorInfoSchema, value: { reason: "GONE", domain: "test" } }];
      throw new ConnectError("no such thing", Code.NotFound, undefined, details);
    },
    async *count() {
      yield { value: 1 };
      const error = new ConnectError("too far", Code.OutOfRange);
      const value = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason: "FAR" }));
      // As a client gets them, in the answer of another service.
      error.details = [{ type: "google.rpc.ErrorInfo", value }];
      throw error;
    },
  });
  const failed = async (method: string, payload?: Payload) =>
    failureOf(await server.outcome(push(server, method, payload)));
  const plain = await failed("Echo", payloadOf(EchoRequestSchema, { text: "plain" }));
  assert.deepEqual([plain.code, plain.type, plain.message], [14, "grpc.UNAVAILABLE", "not now"]);
  assert.equal(plain.details, undefined);
  assert.equal(plain.kind, FailureKind.APPLICATION);
  const detailed = await failed("Echo");
  assert.deepEqual([detailed.code, detailed.type], [5, "grpc.NOT_FOUND"]);
  assert.equal(detailed.message, "no such thing");
  assert.equal(reasonOf(detailed.details), "GONE");
  const streamed = await failed("Count");
  assert.equal(streamed.type, "grpc.OUT_OF_RANGE");
  assert.equal(reasonOf(streamed.details), "FAR");
});

function reasonOf(details: Payload | undefined): string | undefined {
  assert.equal(details?.schema, "google.rpc.Status");
  assert.equal(details.contentType, "application/protobuf");
  const status = fromBinary(StatusSchema, details.body.value as Uint8Array);
  return anyUnpack(status.details[0]!, ErrorInfoSchema)?.reason;
}

test("other errors are as of any handler; a message that can't be sent fails for good", async (t) => {
  const server = await setup(t, {
    echo: () => {
      throw new TaskError("gone", { code: "NOT_FOUND", type: "test.Gone", details: { id: 7 } });
    },
    wait: () => ({ attempt: "many" as unknown as number }),
  });
  const gone = failureOf(await server.outcome(push(server, "Echo", undefined)));
  assert.deepEqual([gone.code, gone.type, gone.message], [5, "test.Gone", "gone"]);
  assert.equal(gone.details?.body.value, '{"id":7}');
  const unsent = failureOf(await server.outcome(push(server, "Wait", undefined)));
  assert.equal(unsent.type, "qtasks.ResultNotEncodable");
  assert.equal(unsent.nonRetryable, true);
  assert.match(unsent.message, /conformance\.v1\.WaitResponse can't be sent: .*attempt/);
});

test("the descriptors have all imports, before what imports them, and a digest of their own", () => {
  const schema = schemaOf([ConformanceTasks.file])!;
  const set = fromBinary(FileDescriptorSetSchema, schema.fileDescriptorSet);
  const names = set.file.map(({ name }) => name);
  assert.equal(names.at(-1), "conformance/v1/conformance.proto");
  for (const [index, { dependency }] of set.file.entries())
    for (const name of dependency) assert.ok(names.slice(0, index).includes(name), name);
  assert.ok(createFileRegistry(set).getService(NAME));
  const both = [ConformanceTasks.file, ErrorInfoSchema.file];
  assert.deepEqual(schemaOf(both), schemaOf(both.toReversed()));
  assert.notDeepEqual(schemaOf(both)?.digest, schema.digest);
  assert.equal(schema.digest.length, 32);
  assert.equal(schemaOf([]), undefined);
});

test("a worker without typed tasks has no digest", async (t) => {
  const { server, worker } = createWorker({ plain: () => 1 });
  t.after(() => worker.stop());
  await worker.start();
  assert.equal(server.registrations[0]?.schemaDigest?.length, 0);
  await worker.add(registrations({ echo: () => ({}) })[0]!);
  const { digest } = schemaOf([ConformanceTasks.file])!;
  assert.deepEqual(server.registrations[1]?.schemaDigest, digest);
});

function data(text: string) {
  return { case: "data", value: Buffer.from(text, "latin1") } as const;
}
