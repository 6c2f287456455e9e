import assert from "node:assert/strict";
import { test } from "node:test";
import { FailureKind, TaskFailedError, threads, moduleHandler } from "../../../src/index.ts";
import { memoryApp } from "../../app/memory-app.ts";
import { digits } from "./schemas.ts";
import type * as handlers from "./thread-handler.ts";

/** The task failed for good, after one attempt, as its result was refused. */
function resultInvalid(message: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof TaskFailedError, String(error));
    assert.equal(error.type, "qtasks.ResultInvalid");
    assert.equal(error.kind, FailureKind.APPLICATION);
    assert.equal(error.task.attemptCount, 1);
    assert.match(error.failure.message, message);
    return true;
  };
}

const retry = { maxAttempts: 5, initialBackoffMs: 1 };

test("callers get what the schema makes of the result, whatever gives it", async (t) => {
  const app = memoryApp(t);
  const sync = app.task({ name: "sync", output: digits() }, () => ({ id: "1" }));
  const later = app.task({ name: "later", output: digits(true) }, async () => ({ id: "2" }));
  const stream = app.task({ name: "stream", output: digits() }, async function* () {
    yield "not checked";
    return { id: "3" };
  });
  const both = app.task({ name: "both", input: digits(), output: digits() }, ({ id }) => ({
    id: `${id + 1}`,
  }));
  await app.start({ server: false });
  assert.deepEqual(await sync.run(), { id: 1 });
  assert.deepEqual(await later.run(), { id: 2 });
  assert.deepEqual(await stream.run(), { id: 3 });
  assert.deepEqual(await both.run({ id: "3" }), { id: 4 });
});

test("a result that is refused fails the task for good, and names the fields", async (t) => {
  const app = memoryApp(t);
  const bad = { id: "none" };
  const tasks = [
    app.task({ name: "sync", output: digits(), retry }, () => bad),
    app.task({ name: "later", output: digits(true), retry }, async () => bad),
    app.task({ name: "nothing", output: digits(), retry }, () => undefined as never),
  ];
  await app.start({ server: false });
  for (const task of tasks)
    await assert.rejects(task.run(), resultInvalid(/result\.id: expected digits/));
});

test("what middlewares make of a result is checked too", async (t) => {
  const app = memoryApp(t);
  app.use(async (_, next) => ((await next()) as { id: string }).id);
  const task = app.task({ name: "t", output: digits(), retry }, () => ({ id: "1" }));
  await app.start({ server: false });
  await assert.rejects(task.run(), resultInvalid(/result\.id/));
});

test("a handler that fails has its own failure, and is retried", async (t) => {
  const app = memoryApp(t);
  const task = app.task({ name: "t", output: digits(), retry }, (_: undefined, { attempt }) => {
    if (attempt === 1) throw new Error("once");
    return { id: `${attempt}` };
  });
  await app.start({ server: false });
  assert.deepEqual(await task.run(undefined), { id: 2 });
});

test("results of handlers in threads are checked where the worker is", async (t) => {
  const executor = threads({ maxThreads: 1 });
  const app = memoryApp(t);
  const url = new URL("./thread-handler.ts", import.meta.url);
  const handler = moduleHandler<typeof handlers, "same">(url, "same");
  const task = app.task({ name: "t", output: digits(), executor, retry }, handler);
  await app.start({ server: false });
  assert.deepEqual(await task.run({ id: "7" }), { id: 7 });
  await assert.rejects(task.run({ id: "x" }), resultInvalid(/result\.id/));
});
