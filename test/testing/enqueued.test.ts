/** What was enqueued, apps that do not run it by themselves, and waiting for all of it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { QTasksError, Router, type Task } from "../../src/index.ts";
import { testApp, TestClock } from "../../src/testing/index.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { MINUTE_MS, quietApp, startKit } from "./setup.ts";

function isConfigInvalid(pattern: RegExp) {
  return (thrown: unknown): boolean =>
    thrown instanceof QTasksError &&
    thrown.reason === "CONFIG_INVALID" &&
    pattern.test(thrown.message);
}

test("what code under test enqueues, in its order, with inputs and options", async (t) => {
  const app = quietApp();
  const mail = new Router({ prefix: "mail.", queue: "mails" });
  const send = mail.task("send", ({ to }: { to: string }) => assert.fail(`was run: ${to}`));
  const count = app.task("count", (of: number) => assert.fail(`was run: ${of}`));
  app.includeRouter(mail);
  const kit = await startKit(t, { app, worker: false, clock: new TestClock(1_000_000) });
  await send.enqueue(
    { to: "ada" },
    { priority: 7, labels: { tenant: "a" }, headers: { trace: "1" } },
  );
  await count.enqueue(2);
  await send.enqueue({ to: "bob" }, { delayMs: 500 });
  await sleep(5);

  const all = await kit.enqueued();
  assert.deepEqual(
    all.map(({ name, input, state }) => ({ name, input, state })),
    [
      { name: "mail.send", input: { to: "ada" }, state: "PENDING" },
      { name: "count", input: 2, state: "PENDING" },
      { name: "mail.send", input: { to: "bob" }, state: "SCHEDULED" },
    ],
  );
  const [first, second] = await kit.enqueued(send);
  const to: string | undefined = first?.input.to;
  assert.equal(to, "ada");
  assert.deepEqual(
    [first?.queue, first?.priority, first?.labels, first?.headers],
    ["mails", 7, { tenant: "a" }, { trace: "1" }],
  );
  assert.equal(second?.dueAt.getTime(), 1_000_500);
  assert.deepEqual(
    (await kit.enqueued("count")).map(({ id }) => id),
    all.filter(({ name }) => name === "count").map(({ id }) => id),
  );
});

test("held tasks run when they are told to, with what they enqueue; later ones wait again", async (t) => {
  const app = quietApp();
  const ran: string[] = [];
  app.task("leaf", (of: string) => void ran.push(`leaf of ${of}`));
  const root = app.task("root", async (name: string, { enqueue }) => {
    ran.push(name);
    await sleep(5);
    await enqueue("leaf", name);
  });
  const kit = await startKit(t, { app, worker: false });
  await root.enqueue("one");
  await kit.clock.advance(MINUTE_MS);
  assert.deepEqual(ran, []);
  await kit.runEnqueued();
  assert.deepEqual(ran, ["one", "leaf of one"]);
  await root.enqueue("two");
  await root.enqueue("three", { delayMs: MINUTE_MS });
  await kit.clock.advance(1);
  assert.deepEqual(ran, ["one", "leaf of one"]);
  await kit.runEnqueued();
  assert.deepEqual(ran.slice(2), ["two", "leaf of two"]);
  await kit.clock.advance(MINUTE_MS);
  await kit.runEnqueued();
  assert.deepEqual(ran.slice(4), ["three", "leaf of three"]);
});

test("idle waits for everything that runs, and names what does not end", async (t) => {
  const app = quietApp();
  let ended = 0;
  const slow = app.task("slow", async (ms: number) => {
    await sleep(ms);
    ended += 1;
  });
  const stuck = app.task("stuck", () => kit.clock.sleep(MINUTE_MS));
  const kit = await startKit(t, { app });
  await Promise.all([10, 30, 60].map((ms) => slow.enqueue(ms)));
  await kit.idle();
  assert.equal(ended, 3);
  const { id } = await stuck.enqueue(undefined);
  await assert.rejects(
    kit.idle({ timeoutMs: 30 }),
    (thrown: unknown) =>
      thrown instanceof QTasksError &&
      thrown.reason === "STILL_RUNNING" &&
      thrown.message.includes(`stuck (${id}, attempt 1)`),
  );
  await kit.clock.advance(MINUTE_MS);
  await kit.idle();
});

test("idle gives up on tasks that enqueue others without end", async (t) => {
  const app = quietApp();
  const loop: Task<unknown, null> = app.task("loop", async (_input, { enqueue }) => {
    await enqueue("loop", null, { taskId: randomUUID() });
  });
  const kit = await startKit(t, { app });
  await loop.enqueue(null);
  await assert.rejects(kit.idle({ timeoutMs: 200 }), { reason: "STILL_RUNNING" });
});

test("results are awaited as ever, in real time", async (t) => {
  const app = quietApp();
  const add = app.task("add", ({ x, y }: { x: number; y: number }) => x + y);
  const kit = await startKit(t, { app });
  assert.equal(await add.run({ x: 1, y: 2 }, { timeoutMs: 5_000 }), 3);
  const later = await add.enqueue({ x: 2, y: 3 }, { delayMs: 1_000 });
  await assert.rejects(later.result({ timeoutMs: 20 }), { reason: "STILL_RUNNING" });
  const [sum] = await Promise.all([later.result(), kit.clock.advance(1_000)]);
  assert.equal(sum, 5);
});

test("faults of the storage reach code that enqueues", async (t) => {
  const app = quietApp();
  const save = app.task("save", () => "saved");
  const kit = await startKit(t, { app });
  const lost = kit.faults.fail({ methods: ["create"], when: "after", times: 1 });
  assert.equal(await (await save.enqueue(undefined)).result(), "saved");
  assert.equal(lost.hits, 1);
  assert.equal((await kit.enqueued()).length, 1, "the repeat found the task of the first try");
  const broken = kit.faults.fail({ methods: ["create"], error: () => new Error("disk full") });
  await assert.rejects(save.enqueue(undefined));
  broken.lift();
  assert.equal(await save.run(undefined), "saved");
});

test("one app is tested many times, each time on fresh data, and is not changed for good", async () => {
  const app = quietApp();
  const hello = app.task("hello", () => "hello");
  await assertNoLeaks(async () => {
    for (let times = 0; times < 3; times++) {
      const kit = await testApp({ app });
      assert.deepEqual(await kit.enqueued(), []);
      assert.equal(await hello.run(undefined), "hello");
      await kit.stop();
      await kit.stop();
    }
  });
});

test("a kit that is stopped gives the app back as it was, and does not wait for what hangs", async () => {
  const app = quietApp();
  const hang = app.task("hang", (_: null, { signal }) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
  });
  const before = structuredClone(app.config.values);
  const kit = await testApp({ app, patienceMs: 10 });
  await hang.enqueue(null);
  await kit.clock.advance(1);
  const startedAt = performance.now();
  await kit.stop();
  assert.ok(performance.now() - startedAt < 10_000, "a worker gives handlers 25 s by default");
  assert.deepEqual(app.config.values, before);
  const next = await testApp({ app });
  await kit.stop();
  assert.equal(
    (await next.enqueued()).length,
    0,
    "it runs on though the first kit is stopped again",
  );
  await next.stop();
});

test("an app that works for a server elsewhere is tested in memory like any other", async (t) => {
  const remote = quietApp();
  remote.configure({ server: "localhost:1" });
  const double = remote.task("double", (value: number) => value * 2);
  await startKit(t, { app: remote });
  assert.equal(await double.run(21), 42);
});

test("apps that can't be tested are refused, saying why", async (t) => {
  const app = quietApp();
  await startKit(t, { app });
  await assert.rejects(testApp({ app }), isConfigInvalid(/the app is connected: stop it first/));
  await assert.rejects(testApp({ patienceMs: -1 }), isConfigInvalid(/patienceMs .* got -1/));
});
