import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { QTasksError, QueueTasks, Router, setDefaultApp, sharedTask } from "../../src/index.ts";
import { memoryApp, QUIET } from "./memory-app.ts";

setFlagsFromString("--expose-gc");

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

test("they alone fall back to it: a router's task that no app includes is refused, whatever apps there are", async (t) => {
  t.after(() => setDefaultApp(undefined));
  setDefaultApp(memoryApp(t));
  const lone = new Router().task("lone", () => 1);
  const refusal = /the task lone is part of no app: include its router/;
  for (const call of [lone.enqueue(), lone.run()])
    await assert.rejects(call, (error: QTasksError) => refusal.test(error.message));
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

test("a name that the app has already is refused with both places, each time, and nothing changes", async (t) => {
  t.after(() => setDefaultApp(undefined));
  const [before, app] = [memoryApp(t), memoryApp(t)];
  setDefaultApp(before);
  app.task("shared.shout", () => "mine");
  for (let time = 1; time <= 2; time++)
    assert.throws(
      () => setDefaultApp(app),
      /shared\.shout is defined twice: at .*shared-task\.test\.ts:\d+ and at .*shared-task\.test\.ts:\d+/,
    );
  await before.start({ server: false });
  assert.equal(await shout.run("still here"), "STILL HERE");
});

test("a former default app is not in the way, and may become the default one again", async (t) => {
  t.after(() => setDefaultApp(undefined));
  const [former, app] = [memoryApp(t), memoryApp(t)];
  former.task("shared.mine", () => "the app's");
  setDefaultApp(former);
  setDefaultApp(app);
  const between = sharedTask("shared.between", () => "between");
  await former.start({ server: false });
  setDefaultApp(former);
  assert.equal(await between.run(), "between");
  setDefaultApp(app);
  sharedTask("shared.mine", () => "shared");
  assert.throws(() => setDefaultApp(former), { reason: "DEFINITION_CONFLICT" });
});

test("nothing here holds an app that is not the default one", async () => {
  const collectGarbage = runInNewContext("gc") as () => void;
  const former = Array.from({ length: 5 }, () => {
    const app = new QueueTasks({ ...QUIET, url: "memory:" });
    setDefaultApp(app);
    return new WeakRef(app);
  });
  setDefaultApp(undefined);
  const isHeld = () => former.some((each) => each.deref() !== undefined);
  // What a WeakRef was made with, or asked for, is kept until the turn is over.
  for (let turn = 0; turn < 20 && isHeld(); turn++) {
    await setImmediate();
    collectGarbage();
  }
  assert.equal(isHeld(), false);
});
