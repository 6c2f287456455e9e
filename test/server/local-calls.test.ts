import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { EnqueueTaskRequestSchema, TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { localCalls } from "../../src/server/local-calls.ts";
import type { CallContext, ServiceDefinition } from "../../src/server/service.ts";

type Functions = Record<string, (request: never, context: CallContext) => unknown>;

function setup(functions: Functions) {
  const definition = { service: TaskService, functions } as unknown as ServiceDefinition;
  return localCalls(definition, TaskService);
}

/** Waits until the call is aborted. */
function parked(context: CallContext): Promise<never> {
  return new Promise((_, reject) => {
    context.signal.addEventListener("abort", () => reject(context.signal.reason as Error));
  });
}

test("requests and answers are messages, defaults filled in", async () => {
  const calls = setup({
    enqueueTask: async (request: { taskId: string; spec?: { name: string } }) => ({
      created: request.taskId === "" && request.spec?.name === "it",
    }),
  });
  const answer = await calls.enqueueTask({ spec: { name: "it" } });
  assert.equal(answer.created, true);
  assert.equal(answer.$typeName, "qtasksapi.v1.EnqueueTaskResponse");
  const message = create(EnqueueTaskRequestSchema, { spec: { name: "it" } });
  assert.equal((await calls.enqueueTask(message)).created, true);
});

test("errors keep their reason; unexpected ones show no text", async () => {
  const calls = setup({
    getTask: async () => {
      throw new QTasksError("TASK_NOT_FOUND", "no such task");
    },
    cancelTask: async () => {
      throw new TypeError("a secret");
    },
  });
  await assert.rejects(calls.getTask({}), { reason: "TASK_NOT_FOUND", message: "no such task" });
  await assert.rejects(calls.cancelTask({}), (error: QTasksError) => {
    assert.equal(error.reason, "INTERNAL");
    assert.ok(!error.message.includes("secret"));
    return true;
  });
});

test("a deadline and a signal end a call as they would over a network", async () => {
  let deadlineAt: number | undefined;
  const calls = setup({
    getTask: (_request: unknown, context: CallContext) => {
      deadlineAt = context.deadlineAt;
      return parked(context);
    },
    watchTask: async function* (_request: unknown, context: CallContext) {
      yield {};
      await parked(context);
    },
  });
  await assert.rejects(calls.getTask({}, { timeoutMs: 20 }), { reason: "STILL_RUNNING" });
  assert.ok(deadlineAt !== undefined && deadlineAt <= Date.now());
  const controller = new AbortController();
  const canceled = assert.rejects(calls.getTask({}, { signal: controller.signal }), {
    reason: "CALL_CANCELED",
  });
  controller.abort();
  await canceled;
  await assert.rejects(calls.getTask({}, { signal: controller.signal }), {
    reason: "CALL_CANCELED",
  });
  await assert.rejects(
    async () => {
      for await (const _ of calls.watchTask({}, { timeoutMs: 20 }));
    },
    { reason: "STILL_RUNNING" },
  );
});

test("a stream that its reader leaves is ended", async () => {
  const ended = Promise.withResolvers<void>();
  const calls = setup({
    watchTask: async function* () {
      try {
        for (;;) yield {};
      } finally {
        ended.resolve();
      }
    },
  });
  for await (const answer of calls.watchTask({})) {
    assert.equal(answer.$typeName, "qtasksapi.v1.WatchTaskResponse");
    break;
  }
  await ended.promise;
});
