import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { durationMs } from "../../src/core/duration.ts";
import { Router } from "../../src/routers/router.ts";
import type { TaskEntry } from "../../src/routers/task-tree.ts";
import type { Task } from "../../src/routers/task.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";

/** A schema that takes texts of digits and makes numbers of them. */
const digits: StandardSchemaV1<{ id: string }, { id: number }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => {
      const { id } = value as { id: unknown };
      return typeof id === "string" && /^\d+$/.test(id)
        ? { value: { id: Number(id) } }
        : { issues: [{ message: "expected digits", path: ["id"] }] };
    },
  },
};

function entriesOf(router: Router): TaskEntry[] {
  const entries: TaskEntry[] = [];
  router.attach((entry) => entries.push(entry));
  return entries;
}

test("prefixes add up, and inner defaults win over outer ones", () => {
  const inner = new Router({ prefix: "pdf.", queue: "pdf", retry: { maxAttempts: 5 } });
  inner.task({ name: "render", timeoutMs: 3_000, labels: { kind: "pdf" } }, () => 1);
  const outer = new Router({
    prefix: "reports.",
    queue: "reports",
    priority: 4,
    labels: { team: "a" },
    retry: { maxAttempts: 2, jitter: 0 },
  });
  outer.includeRouter(inner);
  const [entry] = entriesOf(outer);
  assert.equal(entry?.name, "reports.pdf.render");
  const { definition } = entry.task.registration(entry.name, entry.defaults);
  const { options } = definition as { options: NonNullable<typeof definition.options> };
  assert.equal(options.queue, "pdf");
  assert.equal(options.priority, 4);
  assert.equal(durationMs(options.attemptTimeout as never), 3_000);
  assert.deepEqual({ ...options.labels }, { team: "a", kind: "pdf" });
  assert.equal(options.retryPolicy?.maxAttempts, 5);
  assert.equal(options.retryPolicy?.jitter, 0);
});

test("tasks that are added later reach whoever included the router", () => {
  const [inner, outer] = [new Router({ prefix: "b." }), new Router({ prefix: "a." })];
  outer.includeRouter(inner);
  const entries = entriesOf(outer);
  inner.task("late", () => 1);
  assert.deepEqual(
    entries.map(({ name }) => name),
    ["a.b.late"],
  );
});

test("a name that is taken is refused with both places", () => {
  const router = new Router();
  const other = new Router({ prefix: "x." });
  router.task("x.same", () => 1);
  router.includeRouter(other);
  assert.throws(() => other.task("same", () => 2), {
    reason: "DEFINITION_CONFLICT",
    message: /x\.same is defined twice: at .*router\.test\.ts:\d+ and at .*router\.test\.ts:\d+/,
  });
  assert.throws(() => router.task("x.same", () => 2), { reason: "DEFINITION_CONFLICT" });
  // The refused one is not there either.
  assert.equal(entriesOf(router).length, 1);
  assert.equal(entriesOf(other).length, 0);
});

test("a router is included whole or not at all", () => {
  const [outermost, outer, router] = [new Router(), new Router({ prefix: "o." }), new Router()];
  outermost.task("o.b", () => 1);
  outermost.includeRouter(outer);
  for (const name of ["a", "b", "c"]) router.task(name, () => 1);
  assert.throws(() => outer.includeRouter(router), {
    reason: "DEFINITION_CONFLICT",
    message: /o\.b is defined twice/,
  });
  router.task("late", () => 1);
  assert.equal(outer.includes(router), false);
  assert.deepEqual(
    entriesOf(outermost).map(({ name }) => name),
    ["o.b"],
  );
});

test("a service is defined whole or not at all", () => {
  const [one, two] = [new Router(), new Router()];
  two.service(ConformanceTasks, { fail: () => ({}) });
  two.includeRouter(one);
  const handlers = { echo: () => ({}), fail: () => ({}), wait: () => ({}) };
  assert.throws(() => one.service(ConformanceTasks, handlers), { reason: "DEFINITION_CONFLICT" });
  assert.deepEqual(entriesOf(one), []);
});

test("a router that comes to two others is refused by both where one refuses it", () => {
  const [first, second, router] = [new Router(), new Router(), new Router()];
  second.task("taken", () => 1);
  for (const each of [first, second]) each.includeRouter(router);
  assert.throws(() => router.task("taken", () => 1), { reason: "DEFINITION_CONFLICT" });
  assert.deepEqual(entriesOf(first), []);
});

test("one that is included twice is refused", () => {
  const [outer, router] = [new Router(), new Router()];
  outer.includeRouter(router);
  assert.throws(() => outer.includeRouter(router), { reason: "DEFINITION_CONFLICT" });
  router.task("it", () => 1);
  assert.equal(entriesOf(outer).length, 1);
});

test("a router that is detached keeps its tasks where they are, and goes on when it is included again", () => {
  const [outer, router] = [new Router(), new Router()];
  const names = () => entriesOf(outer).map(({ name }) => name);
  router.task("a", () => 1);
  outer.includeRouter(router);
  outer.detachRouter(router);
  router.task("b", () => 1);
  assert.equal(outer.includes(router), false);
  assert.deepEqual(names(), ["a"]);
  outer.includeRouter(router);
  router.task("c", () => 1);
  assert.deepEqual(names(), ["a", "b", "c"]);
  outer.detachRouter(new Router());
});

test("a router can't come to include itself", () => {
  const [a, b] = [new Router(), new Router()];
  a.includeRouter(b);
  assert.throws(() => b.includeRouter(a), { reason: "CONFIG_INVALID" });
  assert.throws(() => a.includeRouter(a), { reason: "CONFIG_INVALID" });
});

test("a task of no app can't be enqueued, and says so", async () => {
  const task = new Router().task("it", () => 1);
  await assert.rejects(task.enqueue(), { reason: "CONFIG_INVALID", message: /include its router/ });
});

test("a task of several apps can't be enqueued by itself, and says so", async () => {
  const router = new Router();
  const task = router.task("it", () => 1);
  const called: string[] = [];
  for (const name of ["one", "two"])
    task.bind({ client: () => Promise.reject(new Error(`${name} ${called.push(name)}`)) }, "it");
  const other = { client: () => Promise.reject(new Error()) };
  assert.throws(() => task.of(other), { reason: "CONFIG_INVALID", message: /no part of that app/ });
  for (const call of [task.enqueue(), task.run()])
    await assert.rejects(call, {
      reason: "CONFIG_INVALID",
      message: "the task it is part of several apps: use task.of(app)",
    });
  assert.deepEqual(called, []);
});

test("a task with two names in one app says so; two ways to one name are one", async () => {
  const caller = { client: () => Promise.reject(new Error("called")) };
  const task = new Router().task("it", () => 1);
  for (const name of ["a.it", "a.it"]) task.bind(caller, name);
  await assert.rejects(task.run(), /^Error: called$/);
  task.bind(caller, "b.it");
  await assert.rejects(task.run(), {
    reason: "CONFIG_INVALID",
    message:
      /^the task a\.it is b\.it too in its app: enqueue it by name, or the first by task\.of/,
  });
  await assert.rejects(task.of(caller).run(), /^Error: called$/);
});

test("a timeout that is none is refused under its own name", () => {
  for (const router of [new Router({ timeoutMs: -1 }), new Router()]) {
    router.task({ name: "it", timeoutMs: -1 }, () => 1);
    const [{ task, defaults } = assert.fail()] = entriesOf(router);
    assert.throws(() => task.registration("it", defaults), {
      message: "timeoutMs: expected a number of ms, 0 or more; got -1",
    });
  }
});

test("what is undefined in a task's retries is its router's", () => {
  const router = new Router({ retry: { maxAttempts: 7, jitter: 0 } });
  router.task({ name: "it", retry: { maxAttempts: undefined, jitter: 0.5 } }, () => 1);
  const [{ task, defaults } = assert.fail()] = entriesOf(router);
  const { retryPolicy } = task.registration("it", defaults).definition.options!;
  assert.equal(retryPolicy?.maxAttempts, 7);
  assert.equal(retryPolicy?.jitter, 0.5);
});

test("an input that is left out arrives as null: a schema that takes none takes it too", async () => {
  const given = (accepts: (value: unknown) => boolean) => {
    const router = new Router();
    const validate = (value: unknown) =>
      accepts(value) ? { value: [value] } : { issues: [{ message: `no ${String(value)}` }] };
    const input = { "~standard": { version: 1, vendor: "test", validate } } as const;
    router.task({ name: "it", input }, () => 1);
    const { checkInput } = entriesOf(router)[0]!.task.registration("it", {});
    return async (value: unknown): Promise<unknown> => checkInput?.(value);
  };
  assert.deepEqual(await given((value) => value === undefined)(null), [undefined]);
  assert.deepEqual(await given((value) => value == null)(null), [null]);
  await assert.rejects(given((value) => value === "")(null), { message: "input: no null" });
  await assert.rejects(given((value) => value === undefined)(1), { message: "input: no 1" });
});

test("generator functions are streaming", () => {
  const router = new Router();
  router.task("plain", () => 1);
  router.task("stream", async function* () {
    yield 1;
  });
  const streaming = entriesOf(router).map(
    ({ name, task, defaults }) => task.registration(name, defaults).definition.streaming,
  );
  assert.deepEqual(streaming, [false, true]);
});

test("the schema checks inputs and hands on what it makes of them", async () => {
  const router = new Router();
  router.task({ name: "it", input: digits }, ({ id }) => id + 1);
  const [entry] = entriesOf(router);
  const { checkInput } = entry!.task.registration("it", {});
  assert.deepEqual(await checkInput?.({ id: "12" }), { id: 12 });
  await assert.rejects(async () => checkInput?.({ id: 12 }), {
    reason: "FIELD_VIOLATION",
    fields: [{ field: "input.id", description: "expected digits" }],
  });
});

test("types flow from the handler, or from the schema", () => {
  const router = new Router();
  const add = router.task("add", async ({ x, y }: { x: number; y: number }) => x + y);
  const count = router.task("count", async function* (to: number) {
    yield to;
    return "end" as const;
  });
  const nothing = router.task("nothing", () => {});
  const parsed = router.task({ name: "parsed", input: digits }, ({ id }) => {
    const number: number = id;
    return [number];
  });
  const types: readonly [
    Same<typeof add, Task<{ x: number; y: number }, number>>,
    Same<typeof count, Task<number, "end">>,
    Same<typeof nothing, Task<unknown, null>>,
    Same<typeof parsed, Task<{ id: string }, number[]>>,
  ] = [true, true, true, true];
  assert.ok(types.every(Boolean));
  const calls = async (): Promise<void> => {
    // @ts-expect-error an input is required
    await add.enqueue();
    // @ts-expect-error of another type
    await add.enqueue({ x: "1", y: 2 });
    await nothing.enqueue();
  };
  assert.equal(typeof calls, "function");
});

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
