/** Children by their tasks in code. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { Router, TaskFailedError } from "../../src/index.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";
import { untyped } from "../support/refused.ts";
import { memoryApp } from "./memory-app.ts";

/** Refuses what is no even number. */
const even: StandardSchemaV1<number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "number" && value % 2 === 0
        ? { value }
        : { issues: [{ message: "must be even" }] },
  },
};

test("a child by its task goes under its full name, and has its parent and its options", async (t) => {
  const app = memoryApp(t);
  const router = new Router({ prefix: "mail." });
  const receipt = router.task("receipt", ({ id }: { id: string }, context) => [
    id,
    context.headers["of"],
    context.parentTaskId,
  ]);
  app.includeRouter(router);
  const parent = app.task("parent", (id: string, { enqueue }) =>
    enqueue(receipt, { id }, { headers: { of: "two" } }),
  );
  await app.start({ server: false });
  const handle = await parent.enqueue("7");
  const { taskId, created } = await handle.result();
  assert.equal(created, true);
  const client = await app.client();
  assert.deepEqual(await client.handle(taskId).result(), ["7", "two", handle.id]);
  assert.equal((await client.get(taskId)).spec?.name, "mail.receipt");
});

test("a child of a method takes a message, and one without an input takes none", async (t) => {
  const app = memoryApp(t);
  const { echo } = app.service(ConformanceTasks, { echo: ({ text }) => ({ text: `${text}!` }) });
  const bare = app.task("bare", () => "done");
  const parent = app.task("parent", async (_: undefined, { enqueue }) => [
    (await enqueue(echo, { text: "hi" })).taskId,
    (await enqueue(bare)).taskId,
  ]);
  await app.start({ server: false });
  const [echoed = "", done = ""] = await parent.run();
  const client = await app.client();
  const { text } = await client.handle(echoed).resultMessage(ConformanceTasks.method.echo.output);
  assert.equal(text, "hi!");
  assert.equal(await client.handle(done).result(), "done");
});

test("an input that the child's schema refuses fails the parent, and no child comes to be", async (t) => {
  const app = memoryApp(t);
  const child = app.task({ name: "child", input: even }, (input) => input);
  const parent = app.task({ name: "parent", retry: { maxAttempts: 1 } }, (input: number, context) =>
    context.enqueue(child, input),
  );
  await app.start({ server: false });
  await assert.rejects(
    parent.run(3),
    (error) => error instanceof TaskFailedError && /input: must be even/.test(error.message),
  );
  assert.equal((await parent.run(4)).created, true);
  const { tasks } = await (await app.client()).listPage();
  assert.equal(tasks.filter(({ spec }) => spec?.name === "child").length, 1);
});

test("a child that is neither a task nor a name is refused by what it is", async (t) => {
  const app = memoryApp(t);
  const parent = app.task({ name: "parent", retry: { maxAttempts: 1 } }, (_: null, { enqueue }) =>
    enqueue(untyped<string>(undefined)),
  );
  await app.start({ server: false });
  await assert.rejects(parent.run(null), {
    name: "TaskFailedError",
    type: "qtasks.FIELD_VIOLATION",
    message: /task: expected a task, or the full name of one; got undefined$/,
  });
});

test("a task of two apps is a child under its one name, and none where it has two", async (t) => {
  const shared = new Router();
  const child = shared.task("child", () => "done");
  const [one, another] = [memoryApp(t), memoryApp(t)];
  const parent = one.task({ name: "parent", retry: { maxAttempts: 1 } }, (_: undefined, context) =>
    context.enqueue(child),
  );
  one.includeRouter(shared);
  another.includeRouter(shared);
  await one.start({ server: false });
  assert.equal((await parent.run()).created, true);
  const prefixed = new Router({ prefix: "other." });
  prefixed.includeRouter(shared);
  memoryApp(t).includeRouter(prefixed);
  await assert.rejects(parent.run(), /the task child has several names, one in each app/);
});

test("a child whose router is not part of its parent's program has its own router's prefix", async (t) => {
  const child = new Router({ prefix: "mail." }).task("child", (of: string) => `child of ${of}`);
  assert.equal(child.name, "mail.child");
  const parents = memoryApp(t);
  const parent = parents.task("parent", async ({ name }: { name: string }, { enqueue }) => {
    const { taskId } = await enqueue(child, name);
    return (await parents.client()).handle<string>(taskId).result();
  });
  parents.task("mail.child", (of: string) => `stand-in of ${of}`);
  await parents.start({ server: false });
  assert.equal(await parent.run({ name: "p" }), "stand-in of p");
});
