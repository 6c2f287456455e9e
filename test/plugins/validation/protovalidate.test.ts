import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import {
  FailureKind,
  QueueTasks,
  TaskFailedError,
  type ServiceHandlers,
} from "../../../src/index.ts";
import { protovalidate, type ProtovalidateOptions } from "../../../src/plugins/validation/index.ts";
import { memoryApp, QUIET } from "../../app/memory-app.ts";
import { ConformanceTasks } from "../../gen/conformance/v1/conformance_pb.ts";
import { people } from "./people.ts";

type Handlers = ServiceHandlers<ReturnType<typeof people>>;

const ADA = { name: "Ada", email: "ada@example.com" };
const BAD = { name: "", email: "nowhere", addresses: [{ zip: "12345" }, { zip: "x" }] };
const BAD_FIELDS = [
  ["input.name", "must be at least 1 characters [string.min_len]"],
  ["input.email", "must be a valid email address [string.email]"],
  ["input.addresses[1].zip", "does not match regex pattern `^[0-9]{5}$` [string.pattern]"],
];

function greeting(app: QueueTasks, handlers: Handlers = {}) {
  return app.service(people(), {
    greet: ({ name }) => ({ text: `Hello, ${name}!` }),
    ...handlers,
  });
}

function checked(t: TestContext, options?: ProtovalidateOptions): QueueTasks {
  return memoryApp(t).use(protovalidate(options));
}

/** FIELD_VIOLATION with these fields. */
function violates(fields: readonly (readonly string[])[]) {
  return (error: { reason?: string; fields?: { field: string; description: string }[] }) => {
    assert.equal(error.reason, "FIELD_VIOLATION");
    const found = error.fields?.map(({ field, description }) => [field, description]);
    assert.deepEqual(found, fields);
    return true;
  };
}

test("requests that break a rule are refused before they are enqueued, with the paths of their fields", async (t) => {
  const app = checked(t);
  const tasks = greeting(app);
  await app.start({ server: false });
  const client = await app.client();
  assert.equal((await tasks.greet.run(ADA)).text, "Hello, Ada!");
  await assert.rejects(tasks.greet.enqueue(BAD), violates(BAD_FIELDS));
  await assert.rejects(tasks.greet.run(BAD), violates(BAD_FIELDS));
  await assert.rejects(client.enqueue(tasks.greet.name, BAD), violates(BAD_FIELDS), "as JSON");
  const same = { name: "a@example.com", email: "a@example.com" };
  const message = [["input", "a name is no email [name.email]"]];
  await assert.rejects(tasks.greet.enqueue(same), violates(message));
  assert.equal((await client.count()).count, 1n);
});

test("those of other programs are rejected before the handler", async (t) => {
  const app = checked(t);
  let ran = 0;
  const tasks = greeting(app, { greet: () => ({ text: `${++ran}` }) });
  await app.start();
  const caller = new QueueTasks({ ...QUIET, server: app.grpcAddress });
  t.after(() => caller.stop());
  const client = await caller.client();
  for (const handle of [
    await client.enqueueMethod(people().method.greet, BAD),
    await client.enqueue(tasks.greet.name, BAD),
  ]) {
    const { failure, attemptCount } = await handle.done();
    assert.equal(failure?.kind, FailureKind.REJECTED);
    assert.equal(failure.type, "qtasks.InputInvalid");
    for (const [field] of BAD_FIELDS) assert.ok(failure.message.includes(field!), failure.message);
    assert.equal(attemptCount, 1);
  }
  assert.equal(ran, 0);
});

test("a program that only enqueues knows the rules of the services that it names", async (t) => {
  const app = checked(t, { services: [people()] });
  const tasks = app.service(people(), {});
  await assert.rejects(tasks.greet.enqueue(BAD), violates(BAD_FIELDS));
  await assert.rejects(tasks.greetAll.enqueue(BAD), violates(BAD_FIELDS));
});

test("responses are checked too, unless that is not wanted", async (t) => {
  const text = "far too long for a greeting";
  for (const results of [true, false]) {
    const app = checked(t, { results });
    const tasks = greeting(app, {
      greet: () => ({ text }),
      async *greetAll() {
        yield { text };
      },
    });
    await app.start({ server: false });
    if (results)
      await assert.rejects(tasks.greet.run(ADA), (error) => {
        assert.ok(error instanceof TaskFailedError);
        assert.equal(error.type, "qtasks.ResultInvalid");
        assert.match(error.message, /result\.text: must be at most 20 characters/);
        return error.task.attemptCount === 1;
      });
    else assert.equal((await tasks.greet.run(ADA)).text, text);
    for await (const output of tasks.greetAll.run(ADA)) assert.equal(output.text, text);
  }
});

test("what is no such message at all is the server's to refuse, or the worker's", async (t) => {
  const app = checked(t);
  const tasks = greeting(app);
  await app.start();
  const client = await app.client();
  await assert.rejects(client.enqueue(tasks.greet.name, { nobody: 1 }), {
    reason: "FIELD_VIOLATION",
    message: /not a acme.people.v1.Person in JSON/,
  });
});

test("rules that make no sense fail the start", async (t) => {
  const app = checked(t, {
    services: [people({ string: {}, cel: [{ id: "x", expression: "this +" }] })],
  });
  await assert.rejects(app.start({ server: false }), {
    reason: "CONFIG_INVALID",
    message: /protovalidate: the rules of acme.people.v1.Address: failed to compile x/,
  });
});

test("tasks of JSON, and services without rules, are left alone", async (t) => {
  const app = checked(t);
  const plain = app.task("plain", (value: number) => value);
  const typed = app.service(ConformanceTasks, { echo: ({ text }) => ({ text }) });
  await app.start({ server: false });
  assert.equal(await plain.run(1), 1);
  assert.equal((await typed.echo.run({ text: "" })).text, "");
});

test("a service that joins a running app is checked from then on", async (t) => {
  const app = checked(t);
  app.task("first", () => 1);
  await app.start({ server: false });
  const tasks = greeting(app);
  await assert.rejects(tasks.greet.enqueue(BAD), violates(BAD_FIELDS));
  assert.equal((await tasks.greet.run(ADA)).text, "Hello, Ada!");
});

test("without the package the start says what to install", async () => {
  const program = `
    import { registerHooks } from "node:module";
    registerHooks({
      resolve(name, context, next) {
        if (name !== "@bufbuild/protovalidate") return next(name, context);
        throw Object.assign(new Error("no such package"), { code: "ERR_MODULE_NOT_FOUND" });
      },
    });
    const { QueueTasks } = await import(${JSON.stringify(import.meta.resolve("../../../src/index.ts"))});
    const { protovalidate } = await import(${JSON.stringify(
      import.meta.resolve("../../../src/plugins/validation/index.ts"),
    )});
    const app = new QueueTasks({ url: "memory:", env: {}, configFile: false }).use(protovalidate());
    await app.start({ server: false }).catch(({ reason, message }) => console.log(reason, message));
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  await once(child, "close");
  assert.match(
    printed,
    /^CONFIG_INVALID protovalidate: install @bufbuild\/protovalidate beside qtasks: no such package/,
  );
});
