import assert from "node:assert/strict";
import { before, test } from "node:test";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import {
  QTasksError,
  SnoozeError,
  TaskError,
  TaskFailedError,
  moduleHandler,
  threads,
} from "../../../src/index.ts";
import {
  opentelemetry,
  type OpenTelemetryOptions,
} from "../../../src/plugins/opentelemetry/index.ts";
import type * as parentHandler from "./processes/parent-handler.ts";
import { followAsyncCalls, only, tracedApp } from "./traced-app.ts";

before(followAsyncCalls);

function assertBelow(child: ReadableSpan, parent: ReadableSpan): void {
  assert.equal(child.spanContext().traceId, parent.spanContext().traceId);
  assert.equal(child.parentSpanContext?.spanId, parent.spanContext().spanId);
}

test("the handler's span is below the enqueue's, and that below the caller's", async (t) => {
  const { app, tracer, spansOf } = tracedApp(t);
  const add = app.task(
    { name: "add", queue: "sums" },
    ({ x, y }: { x: number; y: number }) => x + y,
  );
  await app.start({ server: false });
  const handle = await tracer.startActiveSpan("request", async (span) => {
    const enqueued = await add.enqueue(
      { x: 1, y: 2 },
      { queue: "sums", headers: { tenant: "acme" } },
    );
    span.end();
    return enqueued;
  });
  assert.equal(await handle.result(), 3);
  const [request, enqueue, process] = ["request", "enqueue add", "process add"].map((name) =>
    only(spansOf(name)),
  );
  assertBelow(enqueue!, request!);
  assertBelow(process!, enqueue!);
  assert.equal(enqueue!.kind, SpanKind.PRODUCER);
  assert.equal(process!.kind, SpanKind.CONSUMER);
  const common = {
    "messaging.system": "qtasks",
    "messaging.destination.name": "sums",
    "messaging.message.id": handle.id,
    "messaging.qtasks.task": "add",
  };
  assert.deepEqual(enqueue!.attributes, {
    ...common,
    "messaging.operation.name": "enqueue",
    "messaging.operation.type": "send",
  });
  assert.deepEqual(process!.attributes, {
    ...common,
    "messaging.operation.name": "process",
    "messaging.operation.type": "process",
    "messaging.qtasks.attempt": 1,
  });
});

test("headers of the caller stay, and a context that it gives itself is linked and left alone", async (t) => {
  const { app, spansOf } = tracedApp(t);
  const echo = app.task("echo", (_: undefined, { headers }) => headers);
  await app.start({ server: false });
  const traced = await echo.run(undefined, { headers: { tenant: "acme" } });
  const { traceId, spanId } = only(spansOf("run echo")).spanContext();
  assert.deepEqual(traced, { tenant: "acme", traceparent: `00-${traceId}-${spanId}-01` });
  const own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const given = await echo.run(undefined, { headers: { traceparent: own, tracestate: "a=b" } });
  assert.deepEqual(given, { traceparent: own, tracestate: "a=b" });
  const [, run] = spansOf("run echo");
  assert.equal(run!.links[0]!.context.spanId, "b7ad6b7169203331");
  const [, process] = spansOf("process echo");
  assert.equal(process!.parentSpanContext?.spanId, "b7ad6b7169203331");
  assert.equal(process!.spanContext().traceState?.get("a"), "b");
});

test("baggage that the caller gives stays, and does not keep the task out of its trace", async (t) => {
  const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()];
  const { app, spansOf } = tracedApp(t, { propagator: new CompositePropagator({ propagators }) });
  const echo = app.task("echo", (_: undefined, { headers }) => headers);
  await app.start({ server: false });
  const baggage = "tenant=acme";
  const active = propagation.createBaggage({ tenant: { value: "other" } });
  const given = await context.with(propagation.setBaggage(context.active(), active), () =>
    echo.run(undefined, { headers: { baggage } }),
  );
  const { traceId, spanId } = only(spansOf("run echo")).spanContext();
  assert.deepEqual(given, { baggage, traceparent: `00-${traceId}-${spanId}-01` });
  assert.equal(only(spansOf("process echo")).parentSpanContext?.spanId, spanId);
});

test("enqueues that share a batch keep their callers apart", async (t) => {
  const { app, tracer, spansOf } = tracedApp(t);
  const task = app.task("work", () => undefined);
  await app.start({ server: false });
  const count = 50;
  const handles = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      tracer.startActiveSpan(`caller ${n}`, async (span) => {
        const handle = await task.enqueue();
        span.end();
        return handle;
      }),
    ),
  );
  const client = await app.client();
  const many = await tracer.startActiveSpan("many", async (span) => {
    const results = await client.enqueueMany([{ name: "work" }, { name: "work" }]);
    span.end();
    return results;
  });
  assert.equal(many.length, 2);
  await Promise.all(handles.map((handle) => handle.result()));
  const enqueues = spansOf("enqueue work");
  for (let n = 0; n < count; n++) {
    const caller = only(spansOf(`caller ${n}`));
    const { id } = handles[n]!;
    const ofTask = (span: ReadableSpan) => span.attributes["messaging.message.id"] === id;
    const enqueue = only(enqueues.filter(ofTask));
    assertBelow(enqueue, caller);
    assertBelow(only(spansOf("process work").filter(ofTask)), enqueue);
  }
  const parent = only(spansOf("many")).spanContext().spanId;
  assert.equal(enqueues.filter((span) => span.parentSpanContext?.spanId === parent).length, 2);
});

test("without a caller's span an enqueue begins a trace, whatever made the worker take its task", async (t) => {
  const { app, tracer, spansOf } = tracedApp(t);
  const task = app.task("work", () => trace.getSpan(context.active())?.spanContext().spanId);
  await app.start({ server: false });
  const [first, second] = await Promise.all([
    tracer.startActiveSpan("request", async (span) => {
      const result = await task.run();
      span.end();
      return result;
    }),
    task.run(),
  ]);
  const [below, alone] = [first, second].map((id) =>
    only(spansOf("process work").filter((span) => span.spanContext().spanId === id)),
  );
  const request = only(spansOf("request")).spanContext();
  assert.equal(below!.spanContext().traceId, request.traceId);
  assert.notEqual(alone!.spanContext().traceId, request.traceId);
});

test("children are in the trace of their parent, which its retry keeps", async (t) => {
  const { app, spansOf } = tracedApp(t);
  app.task("child", () => "done");
  app.task(
    { name: "parent", retry: { maxAttempts: 2, initialBackoffMs: 1 } },
    async (_: undefined, { attempt, enqueue }) => {
      const { created } = await enqueue("child", { n: 1 });
      if (attempt === 1) throw new TaskError("once", { type: "acme.Flaky" });
      return created;
    },
  );
  await app.start({ server: false });
  const client = await app.client();
  assert.equal(await client.run("parent"), false);
  const run = only(spansOf("run parent"));
  const [first, second] = spansOf("process parent");
  const [early, late] = spansOf("enqueue child");
  const attempts = [first, second].map((span) => span!.attributes["messaging.qtasks.attempt"]);
  assert.deepEqual(attempts, [1, 2]);
  assertBelow(first!, run);
  assertBelow(second!, run);
  assertBelow(early!, first!);
  assertBelow(late!, second!);
  const parentId = first!.attributes["messaging.message.id"];
  assert.equal(early!.attributes["messaging.qtasks.parent_task_id"], parentId);
  assertBelow(only(spansOf("process child")), early!);
  assert.equal(first!.status.code, SpanStatusCode.ERROR);
  assert.equal(first!.attributes["error.type"], "acme.Flaky");
  assert.equal(first!.events[0]!.attributes!["exception.message"], "once");
  assert.equal(second!.status.code, SpanStatusCode.UNSET);
});

test("children of a handler in a thread are in its trace too", async (t) => {
  const { app, spansOf } = tracedApp(t);
  const file = new URL("./processes/parent-handler.ts", import.meta.url);
  app.task(
    { name: "parent", executor: threads({ maxThreads: 1 }) },
    moduleHandler<typeof parentHandler, "parent">(file, "parent"),
  );
  app.task("child", () => "done");
  await app.start({ server: false });
  const client = await app.client();
  const childId = await client.run<string>("parent");
  await client.handle(childId).result();
  assertBelow(only(spansOf("enqueue child")), only(spansOf("process parent")));
  assertBelow(only(spansOf("process child")), only(spansOf("enqueue child")));
});

test("with links each task begins a trace of its own that points to its caller's", async (t) => {
  const { app, spansOf } = tracedApp(t, { relation: "link" });
  const task = app.task("work", () => undefined);
  await app.start({ server: false });
  await task.run();
  const [run, process] = [only(spansOf("run work")), only(spansOf("process work"))];
  assert.notEqual(process.spanContext().traceId, run.spanContext().traceId);
  assert.equal(process.parentSpanContext, undefined);
  assert.deepEqual(
    process.links.map(({ context }) => context.spanId),
    [run.spanContext().spanId],
  );
});

test("what ends an attempt without a failure is told apart from what fails it", async (t) => {
  const { app, spansOf } = tracedApp(t);
  app.task("snooze", (_: undefined, { attempt }) => {
    if (attempt === 1) throw new SnoozeError(0);
  });
  app.task(
    { name: "late", timeoutMs: 20, retry: { maxAttempts: 1 } },
    async (_: undefined, { signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  );
  app.task("other", () => {
    const thrown: unknown = { card: "4111" };
    throw thrown;
  });
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  app.task("canceled", async (_: undefined, { signal }) => {
    begin();
    await new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(new Error("stop"))),
    );
  });
  await app.start({ server: false });
  const client = await app.client();
  await client.run("snooze");
  await assert.rejects(client.run("late"), TaskFailedError);
  await assert.rejects(
    client.run("other", undefined, { retry: { maxAttempts: 1 } }),
    TaskFailedError,
  );
  const handle = await client.enqueue("canceled");
  await begun;
  await handle.cancel();
  await handle.done();
  const [snoozed] = spansOf("process snooze");
  assert.equal(snoozed!.attributes["messaging.qtasks.result"], "release");
  assert.equal(snoozed!.status.code, SpanStatusCode.UNSET);
  const late = only(spansOf("process late"));
  assert.equal(late.attributes["error.type"], "timeout");
  assert.equal(late.status.code, SpanStatusCode.ERROR);
  const other = only(spansOf("process other"));
  assert.equal(other.attributes["error.type"], "_OTHER");
  assert.ok(!JSON.stringify([other.attributes, other.events, other.status]).includes("4111"));
  const canceled = only(spansOf("process canceled"));
  assert.equal(canceled.attributes["messaging.qtasks.result"], "canceled");
  assert.equal(canceled.status.code, SpanStatusCode.UNSET);
});

test("an enqueue that is refused is an error with its reason", async (t) => {
  const { app, spansOf } = tracedApp(t);
  const task = app.task("work", () => undefined);
  await app.start({ server: false });
  await assert.rejects(task.enqueue(undefined, { queue: "no spaces" }), {
    reason: "FIELD_VIOLATION",
  });
  const span = only(spansOf("enqueue work"));
  assert.equal(span.attributes["error.type"], "FIELD_VIOLATION");
  assert.equal(span.status.code, SpanStatusCode.ERROR);
});

test("bad options are refused by name", () => {
  const cases: [unknown, RegExp][] = [
    [{ relation: "sibling" }, /relation: expected "child" or "link"; got "sibling"/],
    [{ tracerProvider: {} }, /tracerProvider: expected a TracerProvider/],
    [{ meterProvider: 1 }, /meterProvider: expected a MeterProvider/],
    [{ propagator: null }, /propagator: expected a TextMapPropagator/],
  ];
  for (const [options, message] of cases)
    assert.throws(
      () => opentelemetry(options as OpenTelemetryOptions),
      (error) =>
        error instanceof QTasksError &&
        error.reason === "CONFIG_INVALID" &&
        message.test(error.message),
    );
});
