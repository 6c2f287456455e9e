import assert from "node:assert/strict";
import { test } from "node:test";

import { create } from "@bufbuild/protobuf";

import {
  ConflictPolicy,
  OutputRetry,
  ProgressSchema,
  TaskOptionsSchema,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { toDuration, toTimestamp } from "../../src/core/duration.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { protobufPayload } from "../../src/core/payload.ts";
import { everyWay, inProcess } from "./setup.ts";

const UUIDV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

everyWay("enqueue makes the id and sends JSON", async ({ client, fake }) => {
  const handle = await client.enqueue("math.add", { x: 1, y: [2] });
  assert.match(handle.id, UUIDV7);
  assert.equal(handle.created, true);
  const [request] = fake.requests;
  assert.equal(request?.taskId, handle.id);
  assert.equal(request?.spec?.name, "math.add");
  assert.deepEqual(request?.spec?.payload?.body, { case: "text", value: '{"x":1,"y":[2]}' });
});

everyWay("every option reaches the request", async ({ client, fake }) => {
  await client.enqueue("a", undefined, {
    taskId: "my-id",
    queue: "q",
    priority: -5,
    delayMs: 1_500,
    attemptTimeoutMs: 1,
    totalTimeoutMs: 2,
    pendingTimeoutMs: 3,
    retentionMs: 60_000,
    retry: { maxAttempts: 7, initialBackoffMs: 10, maxBackoffMs: 20, backoffMultiplier: 1.5 },
    labels: { team: "a" },
    headers: { traceparent: "x" },
    unique: { key: "k", windowMs: 5, onConflict: "replace-pending" },
    parentTaskId: "parent",
    outputRetry: "restart",
  });
  const request = fake.requests[0]!;
  assert.equal(request.taskId, "my-id");
  assert.deepEqual(request.start, { case: "delay", value: toDuration(1_500) });
  const { options, unique, headers, parentTaskId, payload } = request.spec!;
  assert.deepEqual(payload?.body, { case: "text", value: "null" });
  assert.deepEqual({ ...headers }, { traceparent: "x" });
  assert.equal(parentTaskId, "parent");
  assert.equal(unique?.onConflict, ConflictPolicy.REPLACE_PENDING);
  assert.deepEqual(unique?.window, toDuration(5));
  assert.deepEqual(
    options,
    create(TaskOptionsSchema, {
      queue: "q",
      priority: -5,
      attemptTimeout: toDuration(1),
      totalTimeout: toDuration(2),
      pendingTimeout: toDuration(3),
      retention: toDuration(60_000),
      outputRetry: OutputRetry.RESTART,
      labels: { team: "a" },
      retryPolicy: {
        maxAttempts: 7,
        initialBackoff: toDuration(10),
        maxBackoff: toDuration(20),
        backoffMultiplier: 1.5,
      },
    }),
  );
});

everyWay("scheduleAt is a time of its own", async ({ client, fake }) => {
  const scheduleAt = new Date("2031-01-02T03:04:05.678Z");
  await client.enqueue("a", 1, { scheduleAt });
  assert.deepEqual(fake.requests[0]!.start, {
    case: "scheduleTime",
    value: toTimestamp(scheduleAt.getTime()),
  });
});

everyWay("a second enqueue with the same id is not created", async ({ client }) => {
  const first = await client.enqueue("a", 1, { taskId: "same" });
  const second = await client.enqueue("a", 1, { taskId: "same" });
  assert.deepEqual([first.created, second.created], [true, false]);
});

everyWay("concurrent enqueues share batches", async ({ client, fake }) => {
  const handles = await Promise.all(
    Array.from({ length: 2_500 }, (_, index) => client.enqueue("a", index)),
  );
  assert.equal(new Set(handles.map(({ id }) => id)).size, 2_500);
  assert.deepEqual(fake.seen.enqueues, [1000, 1000, 500]);
});

everyWay("batches stay below two MiB", async ({ client, fake }) => {
  const input = "x".repeat(900 * 1024);
  await Promise.all([1, 2, 3, 4, 5].map(() => client.enqueue("a", input)));
  assert.deepEqual(fake.seen.enqueues, [2, 2, 1]);
});

everyWay("an item's error is that caller's alone", async ({ client }) => {
  const results = await client.enqueueMany([
    { name: "good", input: 1 },
    { name: "bad name", input: 2 },
    { name: "unserialisable", input: 1n },
    { name: "good", input: 3, options: { queue: "q" } },
  ]);
  assert.deepEqual(
    results.map(({ ok }) => ok),
    [true, false, false, true],
  );
  const [, bad, bigint] = results;
  assert.equal(bad?.ok === false && bad.error.reason, "FIELD_VIOLATION");
  assert.match(String(bigint?.ok === false && bigint.error.message), /input: can't be JSON/);
});

test("inputs may be bytes, payloads and wrapped messages", async (t) => {
  const { client, fake } = inProcess(t);
  const message = create(ProgressSchema, { completed: 1 });
  await client.enqueue("a", new Uint8Array([1, 2]));
  await client.enqueue("a", protobufPayload(ProgressSchema, message));
  const [bytes, typed] = fake.requests.map(({ spec }) => spec?.payload);
  assert.deepEqual(bytes?.body, { case: "data", value: new Uint8Array([1, 2]) });
  assert.equal(typed?.schema, "qtasksapi.v1.Progress");
  assert.equal(typed?.contentType, "application/protobuf");
  await assert.rejects(client.enqueue("a", message), /protobufPayload/);
});

test("bad options are refused before anything is sent", async (t) => {
  const { client, fake } = inProcess(t);
  const refused = [
    { delayMs: NaN },
    { delayMs: 1, scheduleAt: new Date() },
    { scheduleAt: new Date("never") },
    { scheduleAt: "2031-01-02" as never },
    { retry: { maxBackoffMs: Infinity } },
    { patienceMs: NaN },
    { priority: 1.5 },
    { retry: { maxAttempts: 2 ** 40 } },
    { retry: { maxLostLeases: NaN } },
    { headers: { a: 5 as never } },
    { labels: { a: undefined as never } },
    { parentTaskId: 4 as never },
    { queue: 5 as never },
    { outputRetry: "sometimes" as never },
    { unique: { key: "k", onConflict: "toString" as never } },
  ];
  for (const options of refused) {
    await assert.rejects(
      client.enqueue("a", 1, options),
      (error) => error instanceof QTasksError && error.reason === "FIELD_VIOLATION",
    );
  }
  await assert.rejects(
    client.enqueue("a", () => 1),
    /can't be JSON: a function/,
  );
  assert.equal(fake.requests.length, 0);
});
