import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { bytesPayload, protobufPayload, toPayload } from "../../src/core/payload.ts";
import {
  ConformanceTasks,
  EchoRequestSchema,
  EchoResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { everyWay, inProcess } from "./setup.ts";

const { echo, count } = ConformanceTasks.method;

everyWay("a method is enqueued by its request, and its result is a message", async (scene) => {
  const { client, fake } = scene;
  const handle = await client.enqueueMethod(echo, { text: "hi" }, { queue: "q" });
  const { name, payload, options } = fake.requests[0]!.spec!;
  assert.equal(name, "conformance.v1.ConformanceTasks/Echo");
  assert.equal(options?.queue, "q");
  assert.equal(payload?.schema, "conformance.v1.EchoRequest");
  assert.equal(payload?.contentType, "application/protobuf");
  const sent = fromBinary(EchoRequestSchema, payload?.body.value as Uint8Array);
  assert.equal(sent.text, "hi");

  const response = create(EchoResponseSchema, { text: "ho" });
  const result = protobufPayload(EchoResponseSchema, response);
  fake.put({ taskId: handle.id, state: TaskState.SUCCEEDED, result });
  assert.equal((await handle.result()).text, "ho");
});

everyWay("a method is run, and gives its message or says that it is none", async (scene) => {
  const { client, fake } = scene;
  const results = [
    protobufPayload(EchoResponseSchema, create(EchoResponseSchema, { text: "ho" })),
    protobufPayload(EchoRequestSchema, create(EchoRequestSchema, { text: "ho" })),
    bytesPayload("conformance.v1.EchoResponse", Uint8Array.of(1, 2)),
    toPayload({ text: "ho" }),
  ];
  const runs = results.map((_, at) =>
    client.runMethod(echo, { text: "hi" }, { taskId: `${at}`, timeoutMs: 5_000 }),
  );
  await fake.when(() => fake.requests.length === runs.length);
  assert.equal(fake.requests[0]?.spec?.name, "conformance.v1.ConformanceTasks/Echo");
  for (const [at, result] of results.entries())
    fake.change(`${at}`, { state: TaskState.SUCCEEDED, result });
  const [good, ...bad] = await Promise.allSettled(runs);
  assert.equal(good?.status === "fulfilled" && good.value.text, "ho");
  for (const run of bad)
    assert.equal(run.status === "rejected" && run.reason.reason, "MESSAGE_MALFORMED");
});

test("a request that does not fit is refused before it is sent", async (t) => {
  const { client, fake } = inProcess(t);
  await assert.rejects(client.enqueueMethod(count, { count: 2 ** 40 }), /CountRequest.count/);
  assert.equal(fake.requests.length, 0);
});

test("of few parked calls, those that come later merge", async (t) => {
  const { client, fake } = inProcess(t, { parkedCalls: { long: 2, short: 1 } });
  const results: Promise<unknown>[] = [];
  for (let at = 0; at < 10; at++) {
    const handle = await client.enqueue("a");
    results.push(handle.result());
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const { taskId } of fake.requests) fake.succeed(taskId, taskId);
  const ids = fake.requests.map(({ taskId }) => taskId);
  assert.deepEqual(await Promise.all(results), ids);
  assert.ok(fake.seen.maxParked <= 3, `${fake.seen.maxParked} parked`);
});
