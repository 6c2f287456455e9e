import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { ConnectError } from "@connectrpc/connect";
import { FailureKind, type TaskOptionsSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseVerdict } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs, toDuration } from "../../src/core/duration.ts";
import { RetryLaterError, SnoozeError, TaskError, TerminalError } from "../../src/worker/errors.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import { aborted, failureOf, resultOf, setup } from "./setup.ts";

test("a handler's value is reported as JSON, undefined as null, bytes as they are", async (t) => {
  const { server } = await setup(t, {
    add: ({ x, y }: { x: number; y: number }) => x + y,
    nothing: () => undefined,
    bytes: async () => new Uint8Array([1, 2]),
  });
  const add = server.push({ name: "add", input: { x: 1, y: 2 } });
  const nothing = server.push({ name: "nothing" });
  const raw = server.push({ name: "bytes" });
  assert.equal(resultOf(await server.outcome(add)), 3);
  assert.equal(resultOf(await server.outcome(nothing)), null);
  const { kind } = await server.outcome(raw);
  assert.ok(kind.case === "success" && kind.value.result?.body.case === "data");
  assert.deepEqual([...kind.value.result.body.value], [1, 2]);
});

test("a delay that no message can say is refused where it is made", () => {
  for (const delayMs of [-1, NaN, 2 ** 60, Infinity, "5" as never])
    for (const made of [() => new RetryLaterError(delayMs), () => new SnoozeError(delayMs)])
      assert.throws(made, { name: "RangeError", message: /^delayMs must be from 0 to .*; got / });
});

test("whatever is thrown becomes a failure that says what it was", async (t) => {
  const liar = Object.defineProperty({}, "constructor", {
    get: () => {
      throw new Error("no");
    },
  });
  const throwing = (value: unknown) => () => {
    throw value;
  };
  const { server } = await setup(t, {
    error: throwing(new RangeError("too far", { cause: new Error("the root") })),
    text: throwing("just text"),
    nothing: throwing(undefined),
    object: throwing({ code: 7 }),
    liar: throwing(liar),
    typed: throwing(
      new TaskError("bad address", {
        type: "acme.BadAddress",
        code: "INVALID_ARGUMENT",
        details: { line: 3 },
      }),
    ),
    foreign: throwing(new TaskError("no file", { code: "ENOENT" as never })),
    inherited: throwing(new TaskError("no code", { code: "constructor" as never })),
    fraction: throwing(new ConnectError("half a code", 1.5 as never)),
    terminal: throwing(new TerminalError("never again")),
    later: throwing(new RetryLaterError(1_500)),
  });
  const failure = async (name: string) => failureOf(await server.outcome(server.push({ name })));
  const error = await failure("error");
  assert.equal(error.type, "RangeError");
  assert.equal(error.message, "too far");
  assert.equal(error.cause?.message, "the root");
  assert.match(error.stackTrace, /outcomes\.test\.ts/);
  assert.match(error.source, /^node\/\d+/);
  assert.equal(error.nonRetryable, false);
  assert.equal((await failure("text")).message, "just text");
  assert.equal((await failure("nothing")).message, "undefined");
  assert.equal((await failure("object")).message, "{ code: 7 }");
  assert.equal((await failure("object")).type, "qtasks.NonErrorThrown");
  assert.ok((await failure("liar")).message);
  const typed = await failure("typed");
  assert.deepEqual([typed.type, typed.code], ["acme.BadAddress", 3]);
  assert.deepEqual(typed.details?.body.value, '{"line":3}');
  for (const [name, message] of [
    ["foreign", "no file"],
    ["inherited", "no code"],
  ] as const) {
    const { type, code, message: told } = await failure(name);
    assert.deepEqual([type, code, told], ["TaskError", 0, message]);
  }
  assert.equal((await failure("fraction")).type, "qtasks.UnreadableError");
  assert.equal((await failure("terminal")).nonRetryable, true);
  assert.equal(durationMs((await failure("later")).retryDelay!), 1_500);
});

test("what can't be sent fails for good and names the cause", async (t) => {
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const { server } = await setup(t, {
    big: () => 10n,
    circle: () => circle,
    code: () => () => 1,
    symbol: () => Symbol("s"),
  });
  for (const [name, why] of [
    ["big", /BigInt/],
    ["circle", /circular/i],
    ["code", /a function/],
    ["symbol", /a symbol/],
  ] as const) {
    const failure = failureOf(await server.outcome(server.push({ name })));
    assert.equal(failure.type, "qtasks.ResultNotEncodable");
    assert.equal(failure.nonRetryable, true);
    assert.match(failure.message, why);
  }
});

test("a payload that can't be read is rejected, and its handler not run", async (t) => {
  let runs = 0;
  const { server } = await setup(t, { it: () => runs++ });
  const cases = [
    { body: { case: "text", value: "{oops" } },
    { body: { case: "data", value: new Uint8Array([1]) }, encodings: ["zstd"] },
    { body: { case: "data", value: new Uint8Array([255]) }, contentType: "application/json" },
  ] as const;
  for (const payload of cases) {
    const spec = {
      name: "it",
      payload: {
        ...payload,
        encodings: [...((payload as { encodings?: string[] }).encodings ?? [])],
      },
    };
    const failure = failureOf(await server.outcome(server.push({ name: "it", spec })));
    assert.equal(failure.kind, FailureKind.REJECTED);
    assert.equal(failure.type, "qtasks.PayloadUndecodable");
    assert.ok(!failure.message.includes("oops"));
  }
  assert.equal(runs, 0);
});

test("payloads that are no JSON reach the handler as they are", async (t) => {
  const seen: unknown[] = [];
  const { server } = await setup(t, { it: (input: unknown) => void seen.push(input) });
  const protobuf = {
    body: { case: "data", value: new Uint8Array([8, 1]) },
    contentType: "application/protobuf",
  } as const;
  const plain = { body: { case: "text", value: "{" }, contentType: "text/plain" } as const;
  await server.outcome(server.push({ name: "it", spec: { name: "it", payload: protobuf } }));
  await server.outcome(server.push({ name: "it", spec: { name: "it", payload: plain } }));
  await server.outcome(server.push({ name: "it", spec: { name: "it" } }));
  assert.deepEqual(seen, [new Uint8Array([8, 1]), "{", null]);
});

test("a snooze gives the task back with a delay", async (t) => {
  const { server } = await setup(t, {
    it: () => {
      throw new SnoozeError(2_000, "rate limit");
    },
  });
  const { kind } = await server.outcome(server.push({ name: "it" }));
  assert.ok(kind.case === "release");
  assert.equal(kind.value.reason, "rate limit");
  assert.equal(durationMs(kind.value.delay!), 2_000);
});

test("a task without a handler goes back", async (t) => {
  const { server } = await setup(t, {});
  const { kind } = await server.outcome(server.push({ name: "unknown" }));
  assert.equal(kind.case, "release");
});

test("canceled: whatever the handler throws is canceled, a value it returns counts", async (t) => {
  const { server } = await setup(t, {
    heeds: async (_: unknown, { signal, throwIfCanceled }: HandlerContext) => {
      await aborted(signal);
      throwIfCanceled();
    },
    finishes: async (_: unknown, { signal }: HandlerContext) => {
      await aborted(signal);
      return "done";
    },
  });
  const heeds = server.push({ name: "heeds" });
  const finishes = server.push({ name: "finishes" });
  await server.until(() => server.heartbeats.some(({ renewals }) => renewals?.length === 2));
  for (const id of [heeds, finishes])
    server.verdicts.set(id, { verdict: LeaseVerdict.CANCEL_REQUESTED, cancelReason: "not needed" });
  const { kind } = await server.outcome(heeds);
  assert.ok(kind.case === "canceled");
  assert.equal(kind.value.reason, "not needed");
  assert.equal(resultOf(await server.outcome(finishes)), "done");
});

test("an attempt out of time is reported though its handler never settles", async (t) => {
  let signal: AbortSignal | undefined;
  const { server, worker } = await setup(
    t,
    {
      stuck: (_: unknown, context: HandlerContext) => {
        signal = context.signal;
        assert.ok(context.deadline);
        return new Promise(() => {});
      },
      quick: () => 1,
    },
    { slots: 1 },
  );
  const stuck = server.push({ name: "stuck", attemptTtl: toDuration(60) });
  const failure = failureOf(await server.outcome(stuck));
  assert.equal(failure.kind, FailureKind.ATTEMPT_TIMEOUT);
  assert.equal(failure.nonRetryable, false);
  assert.equal((signal!.reason as { why: string }).why, "timeout");
  assert.equal(resultOf(await server.outcome(server.push({ name: "quick" }))), 1);
  assert.equal(worker.status.abandoned, 1);
});

test("who is out of time is told the limit that was set", async (t) => {
  const { server } = await setup(t, {
    stuck: (_: unknown, { signal }: HandlerContext) => aborted(signal),
  });
  const attempt = toDuration(5_000);
  const total = toDuration(60_000);
  const messageOf = async (options: MessageInitShape<typeof TaskOptionsSchema>, ttlMs: number) => {
    const spec = { name: "stuck", options };
    const taskId = server.push({ name: "stuck", spec, attemptTtl: toDuration(ttlMs) });
    return failureOf(await server.outcome(taskId)).message;
  };
  assert.deepEqual(
    await Promise.all([
      messageOf({}, 21),
      messageOf({ attemptTimeout: attempt }, 22),
      messageOf({ attemptTimeout: toDuration(23), totalTimeout: total }, 23),
      messageOf({ attemptTimeout: attempt, totalTimeout: total }, 24),
      messageOf({ totalTimeout: total }, 25),
    ]),
    [
      "the attempt took longer than its 21 ms",
      "the attempt took longer than its 5000 ms",
      "the attempt took longer than its 23 ms",
      "the task took longer than its 60000 ms in all",
      "the task took longer than its 60000 ms in all",
    ],
  );
});

test("a lost lease aborts its handler and nothing is reported", async (t) => {
  const ended = Promise.withResolvers<string>();
  const { server, worker } = await setup(t, {
    it: async (_: unknown, { signal }: HandlerContext) => {
      await aborted(signal);
      ended.resolve((signal.reason as { why: string }).why);
      return 1;
    },
  });
  const id = server.push({ name: "it" });
  await server.until(() => worker.status.held === 1);
  server.tell(id, LeaseVerdict.LOST);
  assert.equal(await ended.promise, "lost");
  await server.until(() => worker.status.held === 0);
  assert.equal(server.outcomes.length, 0);
});

test("a handler that goes on after its attempt counts as abandoned until it ends", async (t) => {
  const gate = Promise.withResolvers<void>();
  const { server, worker } = await setup(t, { it: () => gate.promise, other: () => 1 });
  const id = server.push({ name: "it" });
  await server.until(() => worker.status.held === 1);
  server.tell(id, LeaseVerdict.LOST);
  await server.until(() => worker.status.abandoned === 1);
  assert.equal(worker.status.held, 0);
  gate.resolve();
  await server.outcome(server.push({ name: "other" }));
  assert.equal(worker.status.abandoned, 0);
  assert.equal(server.outcomes.length, 1);
});
