import assert from "node:assert/strict";
import { test } from "node:test";

import { status as Code } from "@grpc/grpc-js";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { CallContext } from "../../src/server/service.ts";
import { allOf, failureOf, httpClients } from "./callers.ts";
import { call, grpcClient, openStream, pathOf, startToy } from "./toy.ts";

const { getTask } = TaskService.method;
const heartbeat = { event: { case: "heartbeat" as const, value: {} } };

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
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
