import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { durationMs } from "../../src/core/duration.ts";
import { Router } from "../../src/routers/router.ts";
import type { TaskEntry } from "../../src/routers/task-tree.ts";
import type { TypedStreamTask, TypedTask } from "../../src/routers/typed-task.ts";
import type { HandlerContext } from "../../src/worker/context.ts";
import {
  ConformanceTasks,
  type CountRequest,
  type CountRequestSchema,
  type CountResponse,
  type CountResponseSchema,
  type EchoRequest,
  type EchoRequestSchema,
  type EchoResponse,
  type EchoResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";

function entriesOf(router: Router): TaskEntry[] {
  const entries: TaskEntry[] = [];
  router.attach((entry) => entries.push(entry));
  return entries;
}

function definitionOf(router: Router, method: string) {
  const name = `conformance.v1.ConformanceTasks/${method}`;
  const entry = entriesOf(router).find((each) => each.name === name && each.task.isHandled);
  assert.ok(entry !== undefined, name);
  return entry.task.registration(entry.name, entry.defaults).definition;
}

test("methods with a handler are tasks under the path of their calls, whatever the prefix", () => {
  const inner = new Router({ prefix: "inner." });
  inner.service(ConformanceTasks, {
    echo: ({ text }) => ({ text }),
    async *count({ count }) {
      for (let value = 0; value < count; value++) yield { value };
    },
  });
  const outer = new Router({ prefix: "outer." });
  outer.includeRouter(inner);
  outer.task("plain", () => 1);
  const handled = entriesOf(outer).filter(({ task }) => task.isHandled);
  assert.deepEqual(
    handled.map(({ name }) => name),
    [
      "conformance.v1.ConformanceTasks/Echo",
      "conformance.v1.ConformanceTasks/Count",
      "outer.plain",
    ],
  );
  const { inputSchema, outputSchema, streaming } = definitionOf(outer, "Count");
  assert.deepEqual(
    { inputSchema, outputSchema, streaming },
    {
      inputSchema: "conformance.v1.CountRequest",
      outputSchema: "conformance.v1.CountResponse",
      streaming: true,
    },
  );
  assert.equal(definitionOf(outer, "Echo").streaming, false);
});

test("options: the third argument wins over the proto's, and those over the router's", () => {
  const router = new Router({
    queue: "routed",
    priority: 3,
    retry: { maxAttempts: 9, jitter: 0.5 },
    labels: { team: "a", suite: "router" },
  });
  router.service(
    ConformanceTasks,
    { fail: () => ({}) },
    { options: { fail: { priority: 7, timeoutMs: 1_500 } } },
  );
  const { options } = definitionOf(router, "Fail");
  assert.ok(options !== undefined);
  assert.equal(options.queue, "routed");
  assert.equal(options.priority, 7);
  assert.equal(durationMs(options.attemptTimeout as never), 1_500);
  // The proto says 2 attempts after 50 ms, and the label.
  assert.equal(options.retryPolicy?.maxAttempts, 2);
  assert.equal(durationMs(options.retryPolicy?.initialBackoff as never), 50);
  assert.equal(options.retryPolicy?.jitter, 0.5);
  assert.deepEqual({ ...options.labels }, { team: "a", suite: "conformance" });
});

test("a service may be given its handlers in parts, each method once", () => {
  const router = new Router();
  router.service(ConformanceTasks, { echo: ({ text }) => ({ text }) });
  router.service(ConformanceTasks, { wait: () => ({ attempt: 1 }) });
  assert.throws(() => router.service(ConformanceTasks, { wait: () => ({ attempt: 2 }) }), {
    reason: "DEFINITION_CONFLICT",
    message: /ConformanceTasks\/Wait is defined twice: at .*service\.test\.ts:\d+ and at /,
  });
});

test("what is no task of the service is refused by its name", () => {
  const router = new Router();
  const given = (handlers: object, options: object = {}) =>
    router.service(ConformanceTasks, handlers, { options });
  assert.throws(() => given({ upload: () => ({}) }), {
    reason: "CONFIG_INVALID",
    message: /a handler for upload, which takes a stream of requests/,
  });
  assert.throws(() => given({ ecko: () => ({}) }), {
    reason: "CONFIG_INVALID",
    message: /ConformanceTasks was given a handler for ecko, which is no method of it/,
  });
  assert.throws(() => given({}, { ecko: { queue: "a" } }), { message: /options for ecko/ });
  assert.equal(entriesOf(router).length, 0);
});

test("a service that is none, handlers that are none and options that there are not are refused", () => {
  const cases: [readonly unknown[], RegExp][] = [
    [[undefined, {}], /service: expected a service of code that protoc-gen-es 2 .*; got undefined/],
    [[{}, {}], /service: expected a service of code .*; got object/],
    [[ConformanceTasks], /ConformanceTasks: handlers: expected an object; got undefined/],
    [[ConformanceTasks, { echo: 3 }], /echo: expected a handler, which is a function; got number/],
    [[ConformanceTasks, {}, { option: {} }], /option: no such option; did you mean options\?/],
  ];
  for (const [given, message] of cases) {
    const router = new Router();
    const call = router.service.bind(router) as (...given: readonly unknown[]) => unknown;
    assert.throws(() => call(...given), { reason: "CONFIG_INVALID", message });
  }
});

test("handlers may be the methods of an object, which is their this", async () => {
  class Tasks {
    #prefix = ">";
    echo({ text }: EchoRequest) {
      return { text: this.#prefix + text };
    }
  }
  const router = new Router();
  router.service(ConformanceTasks, new Tasks());
  const entry = entriesOf(router).find(({ name }) => name.endsWith("/Echo"))!;
  const { handler, decode } = entry.task.registration(entry.name, {});
  const input = decode!(undefined);
  const payload = (await handler(input, {} as HandlerContext)) as { body: { value: Buffer } };
  assert.deepEqual([...payload.body.value], [10, 1, ">".charCodeAt(0)]);
});

test("types flow from the service to handlers and callers", () => {
  const router = new Router();
  const tasks = router.service(ConformanceTasks, {
    echo: async (request, context) => {
      const types: readonly [
        Same<typeof request, EchoRequest>,
        Same<typeof context, HandlerContext>,
      ] = [true, true];
      return { text: String(types.length) };
    },
    async *count(request) {
      const type: Same<typeof request, CountRequest> = true;
      yield { value: Number(type) };
    },
  });
  const echoed = {} as Awaited<ReturnType<typeof tasks.echo.enqueue>>;
  const [echo, count]: [
    TypedTask<typeof EchoRequestSchema, typeof EchoResponseSchema>,
    TypedStreamTask<typeof CountRequestSchema, typeof CountResponseSchema>,
  ] = [tasks.echo, tasks.count];
  assert.deepEqual([echo.localName, count.localName], ["echo", "count"]);
  const types: readonly [
    Same<Awaited<ReturnType<typeof echoed.result>>, EchoResponse>,
    Same<Parameters<typeof tasks.count.enqueue>[0], MessageInitShape<typeof CountRequestSchema>>,
    Same<Parameters<typeof tasks.echo.enqueue>[0], MessageInitShape<typeof EchoRequestSchema>>,
    Same<ReturnType<typeof tasks.echo.run>, Promise<EchoResponse>>,
    Same<ReturnType<typeof tasks.count.run>, AsyncGenerator<CountResponse, void>>,
    Same<keyof typeof tasks, "echo" | "count" | "fail" | "wait" | "missing">,
  ] = [true, true, true, true, true, true];
  assert.ok(types.every(Boolean));
  const wrong = (): void => {
    // @ts-expect-error a client streams: no task
    router.service(ConformanceTasks, { upload: async () => ({ size: 1n }) });
    // @ts-expect-error no method
    router.service(ConformanceTasks, { ecko: () => ({}) });
    // @ts-expect-error of another type
    router.service(ConformanceTasks, { echo: () => ({ text: 1 }) });
    // @ts-expect-error one response, not a stream
    router.service(ConformanceTasks, { count: () => ({ value: 1 }) });
    // @ts-expect-error a stream, not one response
    router.service(ConformanceTasks, { echo: async function* () {} });
    // @ts-expect-error no method
    router.service(ConformanceTasks, {}, { options: { ecko: {} } });
    // @ts-expect-error of another type
    void tasks.echo.enqueue({ text: 1 });
  };
  assert.equal(typeof wrong, "function");
});

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
