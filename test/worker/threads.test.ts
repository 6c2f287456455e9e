import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { threadId } from "node:worker_threads";
import { pino } from "pino";
import { FailureKind, type Failure, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../../src/core/calls.ts";
import { durationMs, toDuration } from "../../src/core/duration.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { toPayload } from "../../src/core/payload.ts";
import { InlineExecutor } from "../../src/worker/executor.ts";
import { moduleHandler } from "../../src/worker/module-handler.ts";
import type { Middleware } from "../../src/worker/middleware.ts";
import { threads } from "../../src/worker/threads/threads.ts";
import { failureOf, resultOf, setup } from "./setup.ts";
import { handlerOf, registered, setupThreads } from "./threads/setup.ts";
import { THROWN } from "./threads/handlers.ts";

const KINDS = Object.keys(THROWN) as (keyof typeof THROWN)[];

describe("a handler in a thread", () => {
  test("is given its input, and gives its result", async (t) => {
    const { server } = await setupThreads(t);
    const run = (name: string, input?: unknown) => server.outcome(server.push({ name, input }));
    assert.equal(resultOf(await run("default", { x: 1, y: 2 })), 3);
    assert.notEqual(resultOf(await run("where")), threadId);
    const { kind } = await run("bytes", [1, 2, 255]);
    assert.ok(kind.case === "success");
    assert.deepEqual(kind.value.result?.body, { case: "data", value: new Uint8Array([2, 3, 0]) });
    const failure = failureOf(await run("unsendable"));
    assert.equal(failure.type, "qtasks.ResultNotEncodable");
    assert.equal(failure.nonRetryable, true);
  });

  test("sees the facts of its attempt", async (t) => {
    const { server } = await setupThreads(t);
    const previousFailure = { type: "acme.Before", kind: FailureKind.APPLICATION };
    const taskId = server.push({
      name: "facts",
      attempt: 3,
      fencingToken: 7n,
      outputCount: 2n,
      previousFailure,
      attemptTtl: toDuration(60_000),
    });
    assert.deepEqual(resultOf(await server.outcome(taskId)), {
      taskId,
      name: "facts",
      attempt: 3,
      headers: {},
      outputCount: 2,
      token: "7",
      hasDeadline: true,
      failure: "acme.Before",
    });
  });

  test("streams", async (t) => {
    const { server } = await setupThreads(t);
    const taskId = server.push({ name: "count", input: 50 });
    const outcome = await server.outcome(taskId);
    assert.equal(resultOf(outcome), "counted");
    assert.equal(outcome.eventCount, 50n);
    const outputs = server.eventsOf(taskId).events.map(({ event }) => {
      assert.ok(event.case === "output");
      return Number(event.value.body.value);
    });
    assert.deepEqual(
      outputs,
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  test("finds its checkpoint and leaves one", async (t) => {
    const { server } = await setupThreads(t);
    const first = await server.outcome(server.push({ name: "resume" }));
    assert.equal(failureOf(first).message, "interrupted at 1000");
    const again = server.push({ name: "resume", checkpoint: first.checkpoint! });
    assert.equal(resultOf(await server.outcome(again)), 1_000);
  });

  test("tells how far it is, and logs", async (t) => {
    const { server, logs } = await setupThreads(t);
    const taskId = server.push({ name: "tell" });
    await server.outcome(taskId);
    const { progress, events } = server.eventsOf(taskId);
    assert.deepEqual(progress.at(-1), { completed: 100_000, total: 100_000, message: "telling" });
    const kept = events.map(({ event }) => (event.case === "log" ? event.value.message : event));
    assert.deepEqual(kept, ["said", "failed a little"]);
    const line = logs.find(({ msg }) => msg === "failed a little") as unknown as {
      readonly err: { readonly type: string; readonly message: string };
    };
    assert.deepEqual([line.err.type, line.err.message], ["RangeError", "seen"]);
  });

  test("enqueues children, the same ones as on the main thread", async (t) => {
    const enqueued: unknown[] = [];
    const tasks = {
      enqueueTask: async (request: { readonly spec?: unknown }) => {
        enqueued.push(request.spec);
        return { created: true };
      },
    } as unknown as ServiceCalls<typeof TaskService>;
    const inline = { children: handlerOf("enqueueChildren") };
    const { server } = await setupThreads(t, { inline, worker: { tasks } });
    const run = async (name: string) =>
      resultOf(await server.outcome(server.push({ name, input: "child", taskId: "parent" })));
    const inThread = await run("enqueueChildren");
    const specs = enqueued.splice(0);
    server.outcomes.length = 0;
    assert.deepEqual(await run("children"), inThread);
    assert.deepEqual(enqueued, specs);
    assert.equal(specs.length, 2);
  });
});

describe("what a handler in a thread throws", () => {
  for (const kind of KINDS)
    test(`${kind}: ends the attempt as on the main thread`, async (t) => {
      const inline = { inline: handlerOf("fail") };
      const { server } = await setupThreads(t, { inline });
      const ends = ["inline", "fail"].map((name) =>
        server.outcome(server.push({ name, input: kind })),
      );
      const [expected, got] = (await Promise.all(ends)).map(({ kind }) => {
        if (kind.case === "failure") return { failure: comparable(kind.value) };
        assert.ok(kind.case === "release");
        const { reason, delay } = kind.value;
        return { reason, delayMs: durationMs(delay!) };
      });
      assert.deepEqual(got, expected);
    });

  test("has its stack and its cause", async (t) => {
    const { server } = await setupThreads(t);
    const failure = failureOf(await server.outcome(server.push({ name: "fail", input: "task" })));
    assert.match(failure.stackTrace, /threads\/handlers\.ts:\d+/);
    assert.deepEqual([failure.type, failure.code], ["acme.Missing", 5]);
    assert.deepEqual(failure.details?.body, { case: "text", value: '{"id":7}' });
    assert.equal(failure.cause?.type, "RangeError");
    assert.equal(failure.cause.cause?.message, "its cause");
  });
});

test("middlewares see the values and the errors of handlers in threads", async (t) => {
  const seen: unknown[] = [];
  const look: Middleware = async (_, next) => {
    try {
      const value = await next();
      seen.push(value);
      return value;
    } catch (error) {
      seen.push((error as Error).constructor.name);
      throw error;
    }
  };
  const middlewares = [look];
  const pool = threads({ maxThreads: 1 });
  const handlers = (["default", "fail"] as const).map((name) =>
    registered(name, { executor: pool, middlewares }),
  );
  const { server } = await setup(t, {}, { handlers });
  assert.equal(
    resultOf(await server.outcome(server.push({ name: "default", input: { x: 2, y: 3 } }))),
    5,
  );
  await server.outcome(server.push({ name: "fail", input: "terminal" }));
  assert.deepEqual(seen, [5, "TerminalError"]);
});

test("a payload that a handler in a thread gives stays as it is, also within middlewares", async (t) => {
  const seen: unknown[] = [];
  const look: Middleware = async (_, next) => {
    const value = await next();
    seen.push((value as Payload).contentType);
    return value;
  };
  const executor = threads({ maxThreads: 1 });
  const bare = registered("xml", { executor });
  const looked = { ...bare, definition: { name: "looked" }, middlewares: [look] };
  const { server } = await setup(t, {}, { handlers: [bare, looked] });
  for (const name of ["xml", "looked"]) {
    const { kind } = await server.outcome(server.push({ name }));
    assert.ok(kind.case === "success");
    const { body, contentType } = kind.value.result!;
    assert.deepEqual([body.value, contentType], ["<a/>", "text/xml"]);
  }
  assert.deepEqual(seen, ["text/xml"]);
});

test("a log line that the logger can't write fails its handler's attempt alone", async (t) => {
  const serializers = { user: ({ name }: { name: string }) => name.toUpperCase() };
  const logger = pino({ serializers }, { write: () => undefined });
  const { server } = await setupThreads(t, { worker: { logger } });
  for (const name of ["logUser", "logUserAndEnd"]) {
    const failure = failureOf(await server.outcome(server.push({ name })));
    assert.match(failure.message, /reading 'toUpperCase'/);
  }
  const added = await server.outcome(server.push({ name: "default", input: { x: 1, y: 2 } }));
  assert.equal(resultOf(added), 3);
});

test("what an enqueue is refused with reaches the handler, also with facts that can't be cloned", async (t) => {
  const refuse = (): never => {
    const metadata = { fn: () => 1 } as never;
    throw new QTasksError("FIELD_VIOLATION", "refused", { metadata });
  };
  const tasks = { enqueueTask: async () => refuse() } as unknown as ServiceCalls<
    typeof TaskService
  >;
  const { server } = await setupThreads(t, { worker: { tasks } });
  const failure = failureOf(
    await server.outcome(server.push({ name: "enqueueChildren", input: "child" })),
  );
  assert.equal(failure.message, "refused");
});

test("a child's patience and its signal end the waiting, in a thread and inline alike", async (t) => {
  const refuse = (): never => {
    throw new QTasksError("RATE_LIMITED", "not yet");
  };
  const tasks = { enqueueTask: async () => refuse() } as unknown as ServiceCalls<
    typeof TaskService
  >;
  const inline = { inline: handlerOf("impatientChild") };
  const { server } = await setupThreads(t, { inline, worker: { tasks } });
  for (const name of ["inline", "impatientChild"])
    for (const [input, reason] of [
      [200, "RATE_LIMITED"],
      [0, "CALL_CANCELED"],
    ] as const)
      assert.equal(resultOf(await server.outcome(server.push({ name, input }))), reason, name);
});

describe("what can't be run in a thread", () => {
  test("a function that is no module's is refused when it is added", async (t) => {
    const pool = threads();
    const handlers = [{ definition: { name: "plain" }, handler: () => 1, executor: pool }];
    await assert.rejects(setup(t, {}, { handlers }), {
      reason: "CONFIG_INVALID",
      message: /task plain .* moduleHandler/,
    });
    const byDefault = setup(t, { plain: () => 1 }, { executor: pool });
    await assert.rejects(byDefault, { reason: "CONFIG_INVALID", message: /plain/ });
    const inline = { ...handlers[0]!, executor: new InlineExecutor() };
    const { server } = await setup(t, {}, { handlers: [inline], executor: pool });
    assert.equal(resultOf(await server.outcome(server.push({ name: "plain" }))), 1);
  });

  test("an input that can't be cloned fails the task", async (t) => {
    const pool = threads({ maxThreads: 1 });
    const more = { executor: pool, checkInput: () => ({ x: () => 1 }) };
    const handlers = [registered("default", more), registered("where", { executor: pool })];
    const { server } = await setup(t, {}, { handlers });
    const failure = failureOf(await server.outcome(server.push({ name: "default" })));
    assert.equal(failure.type, "qtasks.InputNotCloneable");
    assert.equal(failure.nonRetryable, true);
    assert.equal(typeof resultOf(await server.outcome(server.push({ name: "where" }))), "number");
  });

  test("a module without the export fails the attempt, in a thread and inline alike", async (t) => {
    const url = new URL("./threads/handlers.ts", import.meta.url);
    const missing = moduleHandler<Record<"missing", () => number>, "missing">(url, "missing");
    const handlers = [
      { definition: { name: "thread" }, handler: missing, executor: threads({ maxThreads: 1 }) },
      { definition: { name: "inline" }, handler: missing },
    ];
    const { server } = await setup(t, {}, { handlers });
    for (const name of ["thread", "inline"]) {
      const failure = failureOf(await server.outcome(server.push({ name })));
      assert.equal(failure.type, "qtasks.HandlerNotLoaded");
      assert.match(failure.message, /handlers\.ts has no function missing; it has .*stopEarly/);
      assert.doesNotMatch(failure.message, /THROWN/, "which is no function");
      assert.equal(failure.nonRetryable, false);
    }
  });

  test("a URL that is no file's is refused at once", () => {
    const invalid = { reason: "CONFIG_INVALID" };
    const none = new URL("./threads/none.ts", import.meta.url);
    assert.throws(() => moduleHandler(none), { ...invalid, message: /is no file; got .*none\.ts/ });
    for (const url of ["./handlers.ts", "https://localhost/handlers.js"])
      assert.throws(() => moduleHandler(url), { ...invalid, message: /file's URL/ });
    const compiled = new URL("./threads/handlers.js", import.meta.url);
    assert.equal(typeof moduleHandler(compiled), "function");
  });

  test("options out of range are refused, named", () => {
    const refused = (options: Parameters<typeof threads>[0], message: RegExp) =>
      assert.throws(() => threads(options), { reason: "CONFIG_INVALID", message });
    refused({ maxThreads: 0 }, /maxThreads must be a whole number from 1 to 1000; got 0/);
    refused({ maxThreads: 2, minThreads: 3 }, /minThreads must be .* 0 to 2; got 3/);
    refused({ abortGraceMs: -1 }, /abortGraceMs .* got -1/);
    refused({ idleTimeoutMs: Number.NaN }, /idleTimeoutMs .* got NaN/);
    const resourceLimits = { maxOldGenerationSizeMb: 0 };
    refused({ resourceLimits }, /resourceLimits\.maxOldGenerationSizeMb must be .* got 0/);
  });
});

test("a payload that is given as details stays as it is", async (t) => {
  const { server } = await setupThreads(t);
  const outcome = await server.outcome(server.push({ name: "fail", input: "task" }));
  assert.deepEqual(failureOf(outcome).details, toPayload({ id: 7 }));
});

/** Without what tells where it was thrown. */
function comparable({ stackTrace, cause, details, ...failure }: Failure): unknown {
  return {
    ...failure,
    details,
    hasStack: stackTrace !== "",
    cause: cause === undefined ? undefined : comparable(cause),
  };
}
