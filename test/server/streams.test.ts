import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { create, toBinary } from "@bufbuild/protobuf";
import { status as Code } from "@grpc/grpc-js";

import { TaskService, WatchTaskRequestSchema } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { CallContext } from "../../src/server/service.ts";
import { allOf, failureOf, httpClients, seenByConnect } from "./callers.ts";
import { call, grpcClient, pathOf, seenByGrpc, startToy } from "./toy.ts";

const { getTask, watchTask } = TaskService.method;
const heartbeat = { event: { case: "heartbeat" as const, value: {} } };

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

function openStream(t: TestContext, address: string, options = {}) {
  const same = (bytes: Buffer) => bytes;
  const request = Buffer.from(toBinary(WatchTaskRequestSchema, create(WatchTaskRequestSchema)));
  const client = grpcClient(t, address);
  const path = pathOf(watchTask);
  const stream = client.makeServerStreamRequest<Buffer, Buffer>(path, same, same, request, options);
  const ended = new Promise<number>((resolve) => stream.on("status", ({ code }) => resolve(code)));
  stream.on("error", () => undefined);
  return { stream, ended };
}

/** A stream that yields once and then waits for ever, with what became of it. */
function parkedStream() {
  const entered = Promise.withResolvers<CallContext>();
  const returned = Promise.withResolvers<void>();
  async function* watch(_request: object, context: CallContext) {
    try {
      yield heartbeat;
      entered.resolve(context);
      await aborted(context.signal);
    } finally {
      returned.resolve();
    }
  }
  return { watch, entered: entered.promise, returned: returned.promise };
}

test("a unary call that is canceled aborts its signal; one that succeeds does not", async (t) => {
  const contexts: CallContext[] = [];
  const entered = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const toy = await startToy(t, {
    getTask: async ({ taskId }, context) => {
      contexts.push(context);
      assert.equal(context.signal.aborted, false);
      if (taskId !== "park") return {};
      entered.resolve();
      await aborted(context.signal);
      ended.resolve();
      return {};
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  await call(client, getTask, { taskId: "quick" }).ended;
  const parked = call(client, getTask, { taskId: "park" });
  await entered.promise;
  parked.call.cancel();
  await ended.promise;
  assert.deepEqual(
    contexts.map(({ signal }) => signal.aborted),
    [false, true],
  );
  const caller = new AbortController();
  const [other] = Object.values(httpClients(toy.httpUrl));
  const failed = failureOf(other!.getTask({ taskId: "park" }, { signal: caller.signal }));
  caller.abort();
  await failed;
});

test("a parked stream is returned when its caller goes, on either listener", async (t) => {
  const over = parkedStream();
  const toy = await startToy(t, { watchTask: over.watch });
  const { stream } = openStream(t, toy.grpcAddress);
  stream.resume();
  await over.entered;
  stream.cancel();
  await over.returned;
  for (const protocol of Object.keys(httpClients("http://unused"))) {
    const parked = parkedStream();
    const other = await startToy(t, { watchTask: parked.watch });
    const client = httpClients(other.httpUrl)[protocol]!;
    const caller = new AbortController();
    const failed = failureOf(allOf(client.watchTask({}, { signal: caller.signal })));
    await parked.entered;
    caller.abort();
    await Promise.all([failed, parked.returned]);
  }
});

test("a deadline reaches the function and ends what ignores it", async (t) => {
  const deadlines: (number | undefined)[] = [];
  const toy = await startToy(t, {
    getTask: async (_request, { deadlineAt, signal }) => {
      deadlines.push(deadlineAt);
      await aborted(signal);
      return {};
    },
  });
  const client = grpcClient(t, toy.grpcAddress);
  const startedAt = Date.now();
  const { error } = await call(client, getTask, {}, { deadline: startedAt + 200 }).ended;
  assert.equal(error?.code, Code.DEADLINE_EXCEEDED);
  const response = await fetch(`${toy.httpUrl}${pathOf(getTask)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Connect-Timeout-Ms": "200" },
    body: "{}",
  });
  assert.equal(response.headers.get("qtasks-reason"), "STILL_RUNNING");
  assert.equal(((await response.json()) as { code: string }).code, "deadline_exceeded");
  for (const deadlineAt of deadlines) {
    assert.ok(deadlineAt !== undefined && deadlineAt - startedAt > 100);
  }
});

test("a slow reader holds the stream back instead of filling the server", async (t) => {
  const value = new Uint8Array(64 * 1024);
  const chunk = {
    event: {
      case: "task" as const,
      value: { spec: { payload: { body: { case: "data" as const, value } } } },
    },
  };
  const total = 2_000;
  let made = 0;
  const toy = await startToy(t, {
    async *watchTask() {
      for (made = 0; made < total; made++) yield chunk;
    },
  });
  const { stream, ended } = openStream(t, toy.grpcAddress);
  await once(stream, "readable");
  let before = -1;
  while (made !== before) {
    before = made;
    await sleep(100);
  }
  assert.ok(made < 100, `${made} of ${total} messages were made ahead of the reader`);
  let received = 0;
  for await (const _message of stream) received++;
  assert.equal(received, total);
  assert.equal(await ended, Code.OK);
});

test("an error after messages ends the stream with its reason", async (t) => {
  const toy = await startToy(t, {
    async *watchTask() {
      yield heartbeat;
      throw new Error("after one");
    },
  });
  const { stream } = openStream(t, toy.grpcAddress);
  let received = 0;
  const thrown = await failureOf(
    (async () => {
      for await (const _message of stream) received++;
    })(),
  );
  assert.equal(received, 1);
  assert.equal(seenByGrpc(thrown as Parameters<typeof seenByGrpc>[0]).reason, "INTERNAL");
  const [other] = Object.values(httpClients(toy.httpUrl));
  const seen = seenByConnect(await failureOf(allOf(other!.watchTask({}))));
  assert.equal(seen.reason, "INTERNAL");
});

test("many quick cancels leave the connection's other calls alone", async (t) => {
  const parked = Promise.withResolvers<void>();
  const toy = await startToy(t, {
    getTask: async ({ taskId }, { signal }) => {
      await (taskId === "long" ? parked.promise : aborted(signal));
      return { task: { taskId } };
    },
  });
  for (const address of [toy.grpcAddress, toy.httpUrl.replace("http://", "")]) {
    const client = grpcClient(t, address);
    const long = call(client, getTask, { taskId: "long" }).ended;
    for (let round = 0; round < 12; round++) {
      const calls = Array.from({ length: 250 }, () => call(client, getTask, {}));
      await new Promise((resolve) => setImmediate(resolve));
      calls.forEach((each) => each.call.cancel());
      await Promise.all(calls.map((each) => each.ended));
    }
    const quick = call(client, getTask, { taskId: "long" }).ended;
    parked.resolve();
    assert.equal((await long).error, undefined);
    assert.equal((await quick).error, undefined);
  }
});
