/** What the compiler makes of tasks: `tsc` is the test; what runs shows that it is looked at. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import {
  QueueTasks,
  Router,
  sharedTask,
  type FailureKind,
  type HandlerContext,
  type Payload,
  type ResultOf,
  type Task,
  type TypedStreamTask,
  type TypedTask,
} from "../../src/index.ts";
import {
  ConformanceTasks,
  type CountRequestSchema,
  type CountResponse,
  type CountResponseSchema,
  type EchoRequest,
  type EchoRequestSchema,
  type EchoResponse,
  type EchoResponseSchema,
} from "../gen/conformance/v1/conformance_pb.ts";
import { QUIET } from "../app/memory-app.ts";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless the types are the same. */
function same<A, B>(equal: Equal<A, B>): void {
  assert.ok(equal);
}

/** A schema that reads an `A` and gives a `B`. */
function schema<A, B>(read: (value: A) => B): StandardSchemaV1<A, B> {
  const validate = (value: unknown) => ({ value: read(value as A) });
  return { "~standard": { version: 1, vendor: "test", validate } };
}

const numeric = schema(({ id }: { id: string }) => ({ id: Number(id) }));
const dated = schema((text: string) => new Date(text));

type Input<T> = T extends Task<infer I, unknown> ? I : never;
type Result<T> = T extends Task<never, infer R> ? R : never;

const app = new QueueTasks({ ...QUIET, url: "memory:" });
const router = new Router();

test("the helper tells types apart", () => {
  same<1, 1>(true);
  // @ts-expect-error a literal is no number
  same<1, number>(true);
  // @ts-expect-error nor is what nobody knows
  same<unknown, number>(true);
});

test("a task without a schema takes and gives what its handler does", () => {
  const sync = app.task("sync", (input: { a: number }) => input.a);
  same<typeof sync, Task<{ a: number }, number>>(true);
  const later = router.task("later", async (input: string[]) => input.length > 0);
  same<typeof later, Task<string[], boolean>>(true);
  const shared = sharedTask("types.shared", (input: string) => ({ input }) as const);
  same<typeof shared, Task<string, { readonly input: string }>>(true);
  const options = app.task({ name: "options", priority: 5 }, (input: number) => [input]);
  same<typeof options, Task<number, number[]>>(true);
  const none = app.task("none", () => {});
  same<typeof none, Task<unknown, null>>(true);
  const noneLater = app.task("none later", async () => {});
  same<typeof noneLater, Task<unknown, null>>(true);
  const maybe = app.task("maybe", (input: number): number | undefined => input);
  same<Result<typeof maybe>, number | null>(true);
  const maybeLater = app.task("maybe later", async (input: string): Promise<string | void> => {
    if (input !== "") return input;
  });
  same<Result<typeof maybeLater>, string | null>(true);
  const either = app.task("either", (input: number): boolean | null | undefined => input > 1);
  same<Result<typeof either>, boolean | null>(true);
  const unknown = app.task("unknown", (input: unknown) => input);
  same<Result<typeof unknown>, unknown>(true);
  const anything = app.task("anything", (text: string) => JSON.parse(text));
  same<Equal<Result<typeof anything>, null>, false>(true);
  const context = app.task("context", (_: undefined, { taskId }) => taskId);
  same<typeof context, Task<undefined, string>>(true);
});

interface Order {
  readonly id: string;
  readonly lines: readonly { readonly sku: string; note?: string }[];
  readonly parent?: Order;
}
interface Tree {
  readonly at: Date;
  readonly children: Tree[];
}
type Json = string | number | boolean | null | Json[] | { readonly [key: string]: Json };
type Sum = readonly ["add", Sum, Sum] | ["neg", Sum] | number;
type Path = string | [Path, ...Path[]];
class Money {
  readonly #cents = 100n;
  toJSON() {
    return { cents: String(this.#cents), at: new Date(0) };
  }
}

test("results are typed as they arrive", () => {
  same<ResultOf<Date>, string>(true);
  same<ResultOf<Promise<Date | undefined>>, string | null>(true);
  same<ResultOf<Money>, { cents: string; at: string }>(true);
  same<ResultOf<Uint8Array>, Uint8Array>(true);
  same<ResultOf<Buffer | string>, Uint8Array | string>(true);
  same<ResultOf<Payload>, unknown>(true);
  same<ResultOf<{ at: Date; on?: never }>, { at: string; on?: never }>(true);
  same<ResultOf<{ of: Map<string, number>; all: Set<string> }>, { of: object; all: object }>(true);
  same<ResultOf<{ id: number; at?: Date; close(): void }>, { id: number; at?: string }>(true);
  same<ResultOf<readonly (Date | undefined)[]>, readonly (string | null)[]>(true);
  same<ResultOf<readonly [id: number, at: Date][]>, readonly [number, string][]>(true);
  same<ResultOf<{ is: "a"; at: Date } | { is: "b" }>, { is: "a"; at: string } | { is: "b" }>(true);
  same<ResultOf<Record<string, Date>>, Record<string, string>>(true);
  same<ResultOf<{ some: any; at: Date | null }>, { some: any; at: string | null }>(true); // oxlint-disable-line typescript/no-explicit-any
  same<ResultOf<Tree>["children"][number]["at"], string>(true);
});

test("results that arrive as they are keep their types", () => {
  same<ResultOf<Order>, Order>(true);
  same<ResultOf<readonly Order[] | null>, readonly Order[] | null>(true);
  same<ResultOf<Json>, Json>(true);
  same<ResultOf<Sum>, Sum>(true);
  same<ResultOf<Path>, Path>(true);
  same<ResultOf<FailureKind>, FailureKind>(true);
  same<ResultOf<string & { readonly brand: "id" }>, string & { readonly brand: "id" }>(true);
  same<ResultOf<{ a: number | undefined; b: unknown }>, { a: number | undefined; b: unknown }>(
    true,
  );
  same<ResultOf<object>, object>(true);
  same<ResultOf<never>, never>(true);
  const wrapped = <T extends { id: string }>(name: string, load: () => Promise<T>) =>
    app.task(name, async () => (await load()).id);
  same<ReturnType<typeof wrapped>, Task<unknown, string>>(true);
});

test("what the types say is what arrives", async (t) => {
  const running = new QueueTasks({ ...QUIET, url: "memory:" });
  const at = new Date(0);
  const mixed = running.task("mixed", () => ({
    at,
    money: new Money(),
    of: new Map([["a", 1]]),
    list: [at, undefined, () => 1],
    none: undefined,
    close() {},
  }));
  const bytes = running.task("bytes", () => Buffer.from("abc"));
  await running.start({ server: false });
  t.after(() => running.stop());
  const text = at.toISOString();
  const expected: Result<typeof mixed> = {
    at: text,
    money: { cents: "100", at: text },
    of: {},
    list: [text, null, null],
    none: undefined,
  };
  const result = await mixed.run(undefined);
  assert.deepEqual({ ...result, none: result.none }, expected);
  assert.deepEqual(Uint8Array.from(await bytes.run(undefined)), Uint8Array.from([97, 98, 99]));
});

test("a streaming task gives what its generator returns", () => {
  const stream = app.task("stream", async function* (to: number) {
    yield to;
    return "end" as const;
  });
  same<typeof stream, Task<number, "end">>(true);
  const maybe = router.task("maybe the end", async function* (to: number) {
    yield to;
    return to > 1 ? to : undefined;
  });
  same<typeof maybe, Task<number, number | null>>(true);
  const endless = router.task("endless", async function* () {
    yield 1;
  });
  same<typeof endless, Task<unknown, null>>(true);
});

test("a schema of inputs: callers give what it reads, handlers get what it makes", () => {
  const inputs = app.task({ name: "inputs", input: numeric }, (input) => {
    same<typeof input, { id: number }>(true);
    return input.id;
  });
  same<typeof inputs, Task<{ id: string }, number>>(true);
  const shared = sharedTask({ name: "types.inputs", input: dated }, async (input) => {
    same<typeof input, Date>(true);
  });
  same<typeof shared, Task<string, null>>(true);
  // @ts-expect-error a handler of what the schema does not make
  app.task({ name: "wrong input", input: numeric }, (input: string) => input);
});

test("a schema of results: handlers give what it reads, callers get what JSON leaves of what it makes", () => {
  const outputs = app.task({ name: "outputs", output: dated }, (input: number) => `${input}`);
  same<typeof outputs, Task<number, string>>(true);
  const later = router.task({ name: "later 2", output: numeric }, async () => ({ id: "1" }));
  same<typeof later, Task<unknown, { id: number }>>(true);
  const stream = app.task({ name: "stream 2", output: numeric }, async function* (to: number) {
    yield to;
    return { id: "1" };
  });
  same<typeof stream, Task<number, { id: number }>>(true);
  // @ts-expect-error the schema reads texts
  app.task({ name: "wrong result", output: dated }, (input: number) => input);
  // @ts-expect-error and so later
  app.task({ name: "wrong result later", output: dated }, async (input: number) => input);
  // @ts-expect-error also of a generator
  app.task({ name: "wrong result of a stream", output: dated }, async function* (to: number) {
    yield to;
    return to;
  });
  // @ts-expect-error nothing is no text
  app.task({ name: "no result", output: dated }, () => {});
});

test("schemas of both", () => {
  const both = app.task({ name: "both", input: numeric, output: dated }, (input, context) => {
    same<typeof input, { id: number }>(true);
    same<typeof context, HandlerContext>(true);
    return `${input.id}`;
  });
  same<typeof both, Task<{ id: string }, string>>(true);
  const shared = sharedTask(
    { name: "types.both", input: dated, output: numeric },
    async (date) => ({
      id: date.toISOString(),
    }),
  );
  same<typeof shared, Task<string, { id: number }>>(true);
  // @ts-expect-error the result's schema reads texts
  app.task({ name: "wrong both", input: numeric, output: dated }, (input) => input.id);
});

test("enqueue, run and result have the types of the task", () => {
  const task = app.task({ name: "calls", input: numeric, output: dated }, ({ id }) => `${id}`);
  const optional = app.task("optional", (input?: number) => input);
  const calls = async (): Promise<void> => {
    same<Input<typeof task>, { id: string }>(true);
    const handle = await task.enqueue({ id: "1" }, { priority: 1 });
    const [result, ran] = [await handle.result(), await task.run({ id: "1" }, { timeoutMs: 1 })];
    same<typeof result, string>(true);
    same<typeof ran, string>(true);
    await optional.enqueue();
    await optional.run(1);
    // @ts-expect-error an input is required
    await task.enqueue();
    // @ts-expect-error what the handler gets is not what callers give
    await task.enqueue({ id: 1 });
    // @ts-expect-error of run too
    await task.run({ id: 1 });
    // @ts-expect-error there is no such option
    await task.enqueue({ id: "1" }, { colour: "red" });
    // @ts-expect-error nor is a timeout one of an enqueue
    await task.enqueue({ id: "1" }, { timeoutMs: 1 });
  };
  assert.equal(typeof calls, "function");
});

test("children have the types of their tasks", () => {
  const child = app.task({ name: "child", input: numeric }, ({ id }) => id);
  const optional = app.task("optional child", (input?: number) => input);
  const recursive: Task<number, null> = app.task("recursive", async (left: number, context) => {
    if (left > 0) await context.enqueue(recursive, left - 1);
  });
  const calls = async ({ enqueue }: HandlerContext): Promise<void> => {
    await enqueue(child, { id: "1" }, { priority: 1 });
    await enqueue("by name", { any: 1 });
    await enqueue(optional);
    // @ts-expect-error an input is required
    await enqueue(child);
    // @ts-expect-error what the handler gets is not what parents give
    await enqueue(child, { id: 1 });
    // @ts-expect-error of a method too
    await enqueue(app.service(ConformanceTasks, {}).echo, { words: "1" });
    // @ts-expect-error there is no such option
    await enqueue(child, { id: "1" }, { colour: "red" });
  };
  assert.equal(typeof calls, "function");
  assert.equal(recursive.name, "recursive");
});

test("the tasks of a service are typed by its messages", () => {
  const tasks = app.service(ConformanceTasks, {
    echo: (request, context) => {
      same<typeof request, EchoRequest>(true);
      same<typeof context, HandlerContext>(true);
      return { text: request.text };
    },
    async *count({ count }) {
      yield { value: count };
    },
  });
  const echo: TypedTask<typeof EchoRequestSchema, typeof EchoResponseSchema> = tasks.echo;
  const count: TypedStreamTask<typeof CountRequestSchema, typeof CountResponseSchema> = tasks.count;
  assert.deepEqual([echo.localName, count.localName], ["echo", "count"]);
  same<keyof typeof tasks, "echo" | "count" | "fail" | "wait" | "missing">(true);
  same<Parameters<typeof tasks.echo.enqueue>[0], MessageInitShape<typeof EchoRequestSchema>>(true);
  const calls = async (): Promise<void> => {
    const [result, ran] = [
      await (await tasks.echo.enqueue({ text: "" })).result(),
      await tasks.echo.run({ text: "" }),
    ];
    same<typeof result, EchoResponse>(true);
    same<typeof ran, EchoResponse>(true);
    for await (const output of tasks.count.run({ count: 1 }))
      same<typeof output, CountResponse>(true);
    // @ts-expect-error a field that the message does not have
    await tasks.echo.enqueue({ texts: "" });
    // @ts-expect-error a field of another type
    await tasks.echo.run({ text: 1 });
    // @ts-expect-error a method that streams requests is no task
    await tasks.upload.enqueue({});
  };
  assert.equal(typeof calls, "function");
  // @ts-expect-error a response of another message
  const wrong = () => router.service(ConformanceTasks, { echo: () => ({ value: 1 }) });
  // @ts-expect-error a method of another service
  const unknown = () => router.service(ConformanceTasks, { sendEmail: () => ({}) });
  assert.deepEqual([typeof wrong, typeof unknown], ["function", "function"]);
});
