import assert from "node:assert/strict";
import { test } from "node:test";
import { MailTasks } from "../../examples/mail/gen/acme/mail/v1/mail_pb.ts";
import { QTasksError, Router, sharedTask, TaskFailedError } from "../../src/index.ts";
import { memoryApp } from "../app/memory-app.ts";
import { refused, untyped } from "../support/refused.ts";

test("an option of a task, a method or a router that there is not is refused with the nearest one", () => {
  const router = new Router();
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ retries: 3 }, /task t: retries: no such option; expected one of queue, .*retry/],
    [{ prority: 3 }, /task t: prority: no such option; did you mean priority\?/],
    [{ attemptTimeoutMs: 5 }, /task t: attemptTimeoutMs: no such option/],
    [
      { retry: { attempts: 3 } },
      /task t: retry\.attempts: no such option; did you mean maxAttempts\?/,
    ],
  ];
  for (const [options, message] of cases)
    assert.throws(
      () => router.task(untyped<{ name: string }>({ name: "t", ...options }), () => 1),
      refused(message),
    );
  assert.throws(
    () => new Router(untyped({ prefix: "a.", queu: "b" })),
    refused(/router a\.: queu: no such option; did you mean queue\?/),
  );
  assert.throws(
    () => router.service(MailTasks, {}, { options: { sendEmail: untyped({ timeout: 3 }) } }),
    refused(/MailTasks\/SendEmail: timeout: no such option; did you mean timeoutMs\?/),
  );
});

test("all that is wrong with a task is told at once", () => {
  const init = untyped<{ name: string }>({
    name: "t",
    retries: 3,
    timeout: 5,
    retry: { max: 1 },
    input: { type: "object" },
    output: "a text",
  });
  const schema = "expected a Standard Schema, as zod, valibot and arktype make them";
  assert.throws(
    () => new Router().task(init, () => 1),
    (error: unknown) => {
      assert.ok(error instanceof QTasksError);
      assert.deepEqual(
        error.fields.map(({ field }) => field),
        ["retries", "timeout", "retry.max", "input", "output"],
      );
      assert.match(error.message, /^task t: retries: no such option; .*; timeout: no such option;/);
      assert.ok(
        error.message.endsWith(`input: ${schema}; got object; output: ${schema}; got string`),
      );
      return true;
    },
  );
});

test("a task without a handler is refused where it is defined, and its name stays free", () => {
  const router = new Router();
  for (const handler of [undefined, null, "./mail.ts", {}])
    assert.throws(
      () => router.task("t", handler as () => void),
      refused(/^task t: handler: expected a function; got /),
    );
  assert.equal(router.task("t", () => 1).name, "t");
});

test("names, prefixes and lists of middlewares that are none are refused", () => {
  const router = new Router();
  const cases: [() => unknown, string][] = [
    [
      () => router.task(untyped<string>(undefined), () => 1),
      "task: options: expected a name, or an object; got undefined",
    ],
    [
      () => sharedTask(untyped<string>(null), () => 1),
      "task: options: expected a name, or an object; got null",
    ],
    [
      () => router.task(untyped<{ name: string }>({ name: 5 }), () => 1),
      "task 5: name: expected a text; got number",
    ],
    [
      () => router.task({ name: "t", use: untyped(() => 1) }, () => 1),
      "task t: use: expected a list of middlewares and plugins; got function",
    ],
    [
      () => router.includeRouter(untyped(undefined)),
      "includeRouter: expected a Router; got undefined",
    ],
    [() => router.includeRouter(untyped({})), "includeRouter: expected a Router; got object"],
    [() => new Router({ prefix: untyped(null) }), "router null: prefix: expected a text; got null"],
  ];
  for (const [make, message] of cases) assert.throws(make, refused(message));
  assert.equal(router.task("t", () => 1).name, "t");
});

test("options that are no object are refused", () => {
  const router = new Router();
  assert.throws(
    () => new Router(untyped("a.")),
    refused(/^router: options: expected an object; got string$/),
  );
  assert.throws(
    () => router.task(untyped<{ name: string }>({ name: "t", retry: 3 }), () => 1),
    refused(/^task t: retry: expected an object; got number$/),
  );
});

test("an option of an enqueue or a run that there is not is refused, and nothing is enqueued", async (t) => {
  const app = memoryApp(t);
  const task = app.task("t", () => 1);
  await app.start({ server: false, worker: true });
  const limit = refused(
    /timeoutMs: no such option; did you mean attemptTimeoutMs\?/,
    "FIELD_VIOLATION",
  );
  await assert.rejects(task.enqueue(undefined, untyped({ timeoutMs: 5 })), limit);
  const delay = refused(/delay: no such option; did you mean delayMs\?/, "FIELD_VIOLATION");
  await assert.rejects(task.run(undefined, untyped({ delay: 5 })), delay);
  const client = await app.client();
  const [item] = await client.enqueueMany([{ name: "t", options: untyped({ delay: 5 }) }]);
  assert.ok(item?.ok === false);
  assert.match(item.error.message, /delay: no such option/);
  assert.equal((await client.listPage()).tasks.length, 0);
  // What is undefined is as if it were not there.
  assert.equal(await task.run(undefined, untyped({ delay: undefined })), 1);
});

test("a wait that enqueueMany does not know is refused by item, as nobody would heed it", async (t) => {
  const app = memoryApp(t);
  app.task("t", () => 1);
  await app.start({ server: false });
  const options = { signal: AbortSignal.abort() } as object;
  const [mistaken, sound] = await (
    await app.client()
  ).enqueueMany([{ name: "t", options }, { name: "t" }]);
  assert.ok(mistaken?.ok === false && sound?.ok === true);
  assert.match(mistaken.error.message, /^signal: no such option/);
});

test("a handler's children have the same options", async (t) => {
  const app = memoryApp(t);
  app.task("child", () => 1);
  const parent = app.task(
    { name: "parent", retry: { maxAttempts: 1 } },
    async (_: undefined, context) => context.enqueue("child", 1, untyped({ delay: 5 })),
  );
  await app.start({ server: false });
  await assert.rejects(parent.run(), (error: unknown) => {
    assert.ok(error instanceof TaskFailedError);
    return /delay: no such option; did you mean delayMs\?/.test(error.message);
  });
});
