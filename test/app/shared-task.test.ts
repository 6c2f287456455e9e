import assert from "node:assert/strict";
import { test } from "node:test";
import { QTasksError, setDefaultApp, sharedTask } from "../../src/index.ts";
import { memoryApp } from "./memory-app.ts";

const shout = sharedTask("shared.shout", (text: string) => text.toUpperCase());

test("a shared task is part of the default app, and says so where there is none", async (t) => {
  t.after(() => setDefaultApp(undefined));
  await assert.rejects(shout.run("hello"), (error: unknown) => {
    assert.ok(error instanceof QTasksError);
    assert.equal(error.reason, "CONFIG_INVALID");
    return /the shared task shared\.shout is part of no app: call setDefaultApp\(app\)/.test(
      error.message,
    );
  });
  const app = memoryApp(t);
  setDefaultApp(app);
  const late = sharedTask("shared.late", () => "late");
  await app.start({ server: false });
  assert.equal(await shout.run("hello"), "HELLO");
  assert.equal(await late.run(), "late");
  setDefaultApp(undefined);
  await assert.rejects(late.run(), { reason: "CONFIG_INVALID" });
});

test("the app that is the default one at the time of the call is called", async (t) => {
  t.after(() => setDefaultApp(undefined));
  const [one, two] = [memoryApp(t), memoryApp(t)];
  for (const app of [one, two]) {
    setDefaultApp(app);
    await app.start({ server: false });
  }
  const handle = await shout.enqueue("two");
  assert.equal(await handle.result(), "TWO");
  await assert.rejects((await one.client()).get(handle.id), { reason: "TASK_NOT_FOUND" });
  assert.equal((await (await two.client()).get(handle.id)).spec?.name, "shared.shout");
});

test("a name that the app has already is refused with both places", (t) => {
  t.after(() => setDefaultApp(undefined));
  const app = memoryApp(t);
  app.task("shared.shout", () => "mine");
  assert.throws(
    () => setDefaultApp(app),
    /shared\.shout is defined twice: at .*shared-task\.test\.ts:\d+ and at .*shared-task\.test\.ts:\d+/,
  );
});
