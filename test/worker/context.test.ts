import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { FailureSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  EnqueueTaskResponseSchema,
  type EnqueueTaskRequestSchema,
  type TaskService,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { durationMs, toDuration } from "../../src/core/duration.ts";
import { QTasksError } from "../../src/core/errors.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import type { ChildOptions, ChildTask } from "../../src/worker/child.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import { setup } from "./setup.ts";

type Enqueue = MessageInitShape<typeof EnqueueTaskRequestSchema>;

/** A TaskService that only takes tasks; an id that it knows is not created again. */
function taskCalls() {
  const requests: Enqueue[] = [];
  const ids = new Set<string>();
  const faults: QTasksError[] = [];
  const calls = {
    enqueueTask: async (request: Enqueue) => {
      const fault = faults.shift();
      if (fault !== undefined) throw fault;
      const created = !ids.has(request.taskId!);
      ids.add(request.taskId!);
      requests.push(request);
      return create(EnqueueTaskResponseSchema, { created });
    },
  } as unknown as ServiceCalls<typeof TaskService>;
  return { calls, requests, faults };
}

test("the context tells what the attempt is", async (t) => {
  const contexts: HandlerContext[] = [];
  const { server } = await setup(t, {
    it: (_: unknown, context: HandlerContext) => void contexts.push(context),
  });
  const id = server.push({
    name: "it",
    attempt: 3,
    fencingToken: 9n,
    outputCount: 4n,
    attemptTtl: toDuration(5_000),
    previousFailure: create(FailureSchema, { message: "before" }),
    spec: {
      name: "it",
      options: { queue: "q" },
      headers: { traceparent: "00-1" },
      parentTaskId: "p",
    },
  });
  await server.outcome(id);
  const [context] = contexts;
  assert.ok(context);
  const { taskId, name, queue, attempt, fencingToken, outputCount, parentTaskId } = context;
  assert.deepEqual(
    [taskId, name, queue, attempt, fencingToken, outputCount, parentTaskId],
    [id, "it", "q", 3, 9n, 4, "p"],
  );
  assert.equal(context.headers["traceparent"], "00-1");
  assert.equal(context.previousFailure?.message, "before");
  const left = context.deadline!.getTime() - Date.now();
  assert.ok(left > 4_000 && left <= 5_000);
});

test("what is taken from the context works on its own", async (t) => {
  const { server } = await setup(t, {
    it: async (_: unknown, context: HandlerContext) => {
      const { signal, headers, logger, progress, output, ...rest } = context;
      const { checkpoint, saveCheckpoint, throwIfCanceled } = context;
      throwIfCanceled();
      progress(1, 2, "half");
      logger.info("begin");
      await output("out");
      saveCheckpoint({ at: 1 });
      assert.equal(context.logger, logger);
      return [checkpoint(), signal.aborted, headers, Object.isFrozen(headers), rest.taskId];
    },
  });
  const id = server.push({ name: "it", spec: { name: "it", headers: { a: "b" } } });
  const { kind, eventCount } = await server.outcome(id);
  assert.ok(kind.case === "success");
  const result = JSON.parse(kind.value.result!.body.value as string) as unknown;
  assert.deepEqual(result, [{ at: 1 }, false, { a: "b" }, true, id]);
  assert.equal(eventCount, 2n);
  assert.equal(server.eventsOf(id).progress[0]?.message, "half");
});

test("children carry their parent and their options", async (t) => {
  const tasks = taskCalls();
  const options: ChildOptions = { queue: "q", delayMs: 500, headers: { a: "b" }, priority: 3 };
  const { server } = await setup(
    t,
    { it: (_: unknown, { enqueue }: HandlerContext) => enqueue("child", { n: 1 }, options) },
    { tasks: tasks.calls },
  );
  const id = server.push({ name: "it" });
  await server.outcome(id);
  const [request] = tasks.requests;
  assert.equal(request?.spec?.name, "child");
  assert.equal(request?.spec?.parentTaskId, id);
  assert.equal(request?.spec?.payload?.body?.value, '{"n":1}');
  assert.equal(request?.spec?.options?.queue, "q");
  assert.equal(request?.spec?.options?.priority, 3);
  assert.deepEqual({ ...request?.spec?.headers }, { a: "b" });
  assert.ok(request?.start?.case === "delay");
  assert.equal(durationMs(request.start.value as never), 500);
});

test("a retried parent finds its children in any order, and equal ones stay apart", async (t) => {
  const tasks = taskCalls();
  const made: ChildTask[][] = [];
  const { server } = await setup(
    t,
    {
      it: async (inputs: unknown[], { enqueue }: HandlerContext) => {
        const children: ChildTask[] = [];
        for (const input of inputs) children.push(await enqueue("child", input));
        made.push(children);
      },
    },
    { tasks: tasks.calls },
  );
  const spec = (input: unknown) => ({
    name: "it",
    payload: { body: { case: "text" as const, value: JSON.stringify(input) } },
  });
  const attempt = async (input: unknown[], token: string): Promise<void> => {
    const leaseToken = new TextEncoder().encode(token);
    server.push({ name: "it", taskId: "parent", leaseToken, spec: spec(input) });
    await server.outcome(token);
  };
  await attempt(["a", "a", "b"], "one");
  await attempt(["b", "c", "a", "a"], "two");
  const [first, second] = made;
  assert.equal(new Set(first?.map(({ taskId }) => taskId)).size, 3);
  assert.deepEqual(
    second?.map(({ created }) => created),
    [false, true, false, false],
  );
  for (const { taskId } of second ?? []) assert.match(taskId, /^[0-9a-f]{8}-[0-9a-f]{4}-8/);
});

test("a child is enqueued though the server was away; a refusal is the handler's to see", async (t) => {
  const tasks = taskCalls();
  const { server } = await setup(
    t,
    { it: (_: unknown, { enqueue }: HandlerContext) => enqueue("child") },
    { tasks: tasks.calls },
  );
  tasks.faults.push(new QTasksError("STORAGE_UNAVAILABLE", "away"));
  assert.equal((await server.outcome(server.push({ name: "it" }))).kind.case, "success");
  assert.equal(tasks.requests.length, 1);
  for (const reason of ["FIELD_VIOLATION", "DEFINITION_NOT_FOUND"] as const) {
    tasks.faults.push(new QTasksError(reason, "spec.name: no"));
    const { kind } = await server.outcome(server.push({ name: "it" }));
    assert.ok(kind.case === "failure");
    assert.equal(kind.value.type, `qtasks.${reason}`);
  }
});

test("an input that the check refuses is rejected; what the check makes of it is handed on", async (t) => {
  const { server, worker } = await setup(t, {});
  await worker.add({
    definition: { name: "it" },
    handler: (input) => input,
    checkInput: async (input) => {
      if (typeof input !== "string") throw new Error("expected a string");
      return Number(input);
    },
  });
  const good = await server.outcome(server.push({ name: "it", input: "12" }));
  assert.ok(good.kind.case === "success" && good.kind.value.result?.body.value === "12");
  const bad = await server.outcome(server.push({ name: "it", input: 12 }));
  assert.ok(bad.kind.case === "failure");
  assert.equal(bad.kind.value.type, "qtasks.InputInvalid");
  assert.equal(bad.kind.value.message, "expected a string");
});
