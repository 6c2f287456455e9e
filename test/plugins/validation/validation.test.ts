import assert from "node:assert/strict";
import { test } from "node:test";
import { FailureKind, QueueTasks, TaskFailedError } from "../../../src/index.ts";
import { validation } from "../../../src/plugins/validation/index.ts";
import { memoryApp, QUIET } from "../../app/memory-app.ts";
import { people } from "./people.ts";
import { digits } from "./schemas.ts";

const SCHEMAS = validation({ tasks: { "lib.work": { input: digits(), output: digits(true) } } });

test("tasks that were defined without schemas are checked by their names, both ways", async (t) => {
  const app = memoryApp(t).use(SCHEMAS);
  const work = app.task("lib.work", ({ id }: { id: unknown }) => ({ id: `${Number(id) * 2}` }));
  const other = app.task("lib.other", (value: number) => value);
  await app.start({ server: false });
  assert.deepEqual(await work.run({ id: "4" }), { id: 8 });
  assert.equal(await other.run(1), 1);
  await assert.rejects(work.enqueue({ id: "four" }), {
    reason: "FIELD_VIOLATION",
    fields: [{ field: "input.id", description: "expected digits" }],
  });
});

test("inputs of other programs are rejected, and results that are refused fail for good", async (t) => {
  const app = memoryApp(t).use(SCHEMAS);
  app.task({ name: "lib.work", retry: { maxAttempts: 5 } }, () => ({ id: "none" }));
  await app.start();
  const caller = new QueueTasks({ ...QUIET, server: app.grpcAddress });
  t.after(() => caller.stop());
  const client = await caller.client();
  const { failure } = await (await client.enqueue("lib.work", { id: 1 })).done();
  assert.equal(failure?.kind, FailureKind.REJECTED);
  assert.equal(failure.type, "qtasks.InputInvalid");
  await assert.rejects(client.run("lib.work", { id: "1" }), (error) => {
    assert.ok(error instanceof TaskFailedError);
    assert.match(error.message, /result\.id: expected digits/);
    return error.type === "qtasks.ResultInvalid" && error.task.attemptCount === 1;
  });
});

test("a program that only enqueues checks what it sends", async (t) => {
  const app = memoryApp(t).use(SCHEMAS);
  const client = await app.client();
  await assert.rejects(client.enqueue("lib.work", { id: 1 }), { reason: "FIELD_VIOLATION" });
});

test("a task that has a schema takes no second one", async (t) => {
  for (const schema of ["input", "output"] as const) {
    const app = memoryApp(t).use(validation({ tasks: { both: { [schema]: digits() } } }));
    app.task({ name: "both", input: digits(), output: digits() }, () => ({ id: "1" }));
    const message = new RegExp(
      `validation: tasks.both: its definition checks its ${schema === "input" ? "input" : "result"}`,
    );
    await assert.rejects(app.start({ server: false }), { reason: "CONFIG_INVALID", message });
  }
});

test("methods of services are no tasks of JSON", async (t) => {
  const name = "acme.people.v1.People/Greet";
  const app = memoryApp(t).use(validation({ tasks: { [name]: { input: digits() } } }));
  app.service(people(), { greet: () => ({ text: "hello" }) });
  await assert.rejects(app.start({ server: false }), {
    reason: "CONFIG_INVALID",
    message:
      /validation: tasks.acme.people.v1.People\/Greet: a method takes a acme.people.v1.Person/,
  });
});
