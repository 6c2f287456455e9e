/** Delays, retries, timeouts and retention happen when the test moves the clock, and not before. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { testApp, type TestApp } from "../../src/testing/index.ts";
import { DAY_MS, MINUTE_MS, quietApp, SECOND_MS, startKit } from "./setup.ts";

/** Names and states of all tasks. */
async function statesOf(kit: TestApp): Promise<string[]> {
  return (await kit.enqueued()).map(({ name, state }) => `${name} ${state}`);
}

test("a delayed task runs at its time, not a millisecond before", async (t) => {
  const app = quietApp();
  const remind = app.task("remind", (user: string) => `hello ${user}`);
  const kit = await startKit(t, { app });
  const handle = await remind.enqueue("ada", { delayMs: DAY_MS });
  await kit.clock.advance(DAY_MS - 1);
  assert.deepEqual(await statesOf(kit), ["remind SCHEDULED"]);
  await kit.clock.advance(1);
  assert.deepEqual(await statesOf(kit), ["remind SUCCEEDED"]);
  assert.equal(await handle.result(), "hello ada");
});

test("retries follow the policy to the millisecond, though handlers take real time", async (t) => {
  const app = quietApp();
  const startedAt: number[] = [];
  const charge = app.task(
    { name: "charge", retry: { maxAttempts: 4, initialBackoffMs: 10_000, maxBackoffMs: 30_000 } },
    async () => {
      startedAt.push(kit.clock.monotonic());
      await sleep(15);
      throw new Error("the bank is closed");
    },
  );
  const kit = await startKit(t, { app });
  await charge.enqueue(undefined);
  await kit.clock.advance(29_999);
  assert.deepEqual(startedAt, [0, 10_000]);
  await kit.clock.advance(10 * MINUTE_MS);
  assert.deepEqual(startedAt, [0, 10_000, 30_000, 60_000]);
  const [charged] = await kit.enqueued(charge);
  assert.equal(charged?.state, "FAILED");
  assert.match(charged.task.failure!.message, /the bank is closed/);
});

test("an attempt that hangs is ended at its timeout", async (t) => {
  const app = quietApp();
  let aborted: unknown;
  const hang = app.task(
    { name: "hang", timeoutMs: 30_000, retry: { maxAttempts: 1 } },
    (_: null, { signal }) =>
      new Promise((_resolve, reject) => {
        const stop = (): void => reject((aborted = signal.reason as Error));
        signal.addEventListener("abort", stop, { once: true });
      }),
  );
  const kit = await startKit(t, { app, patienceMs: 20 });
  await hang.enqueue(null);
  await kit.clock.advance(29_999);
  assert.deepEqual(await statesOf(kit), ["hang RUNNING"]);
  await kit.clock.advance(1);
  assert.deepEqual(await statesOf(kit), ["hang FAILED"]);
  assert.match(String(aborted), /30000 ms/);
});

test("a handler that heeds no signal is ended by its timeout too", async (t) => {
  const app = quietApp();
  const spin = app.task({ name: "spin", timeoutMs: 1_000, retry: { maxAttempts: 2 } }, () => {
    return new Promise(() => undefined);
  });
  const kit = await startKit(t, { app, patienceMs: 20 });
  await spin.enqueue(undefined);
  await kit.clock.advance(MINUTE_MS);
  const [spun] = await kit.enqueued(spin);
  assert.deepEqual([spun?.state, spun?.task.attempts.length], ["FAILED", 2]);
});

test("deadlines of tasks that wait and tasks that have ended", async (t) => {
  const app = quietApp();
  const late = app.task({ name: "late", pendingTimeoutMs: 5_000 }, () => 1);
  const failing = app.task(
    { name: "failing", totalTimeoutMs: 90_000, retry: { maxAttempts: -1 } },
    () => Promise.reject(new Error("no")),
  );
  const kit = await startKit(t, { app, worker: false });
  await late.enqueue(undefined, { retentionMs: MINUTE_MS });
  await failing.enqueue(undefined, { retentionMs: DAY_MS });
  await kit.clock.advance(5 * SECOND_MS);
  assert.deepEqual(await statesOf(kit), ["late EXPIRED", "failing PENDING"]);
  await kit.runEnqueued();
  await kit.clock.advance(MINUTE_MS + SECOND_MS);
  assert.deepEqual(await statesOf(kit), ["failing PENDING"], "late is purged");
  await kit.clock.advance(MINUTE_MS);
  assert.deepEqual(await statesOf(kit), ["failing FAILED"]);
  await kit.clock.advance(DAY_MS + SECOND_MS);
  assert.deepEqual(await statesOf(kit), []);
});

test("handlers sleep by the clock, each as long as it asks for", async (t) => {
  const app = quietApp();
  const woke: string[] = [];
  const poll = app.task("poll", async ({ name, everyMs }: { name: string; everyMs: number }) => {
    for (let round = 1; round <= 3; round++) {
      await kit.clock.sleep(everyMs);
      await sleep(2);
      woke.push(`${name} ${kit.clock.monotonic()}`);
    }
  });
  const kit = await startKit(t, { app });
  await poll.enqueue({ name: "slow", everyMs: 1_000 });
  await poll.enqueue({ name: "quick", everyMs: 400 });
  await kit.clock.advance(2_500);
  const expected = ["quick 400", "quick 800", "slow 1000", "quick 1200", "slow 2000"];
  assert.deepEqual(woke, expected);
  await kit.clock.advance(500);
  assert.deepEqual(woke, [...expected, "slow 3000"]);
});

test("a sleep by the clock ends with the handler's signal", async (t) => {
  const app = quietApp();
  const nap = app.task("nap", async (_: null, { signal }) => kit.clock.sleep(DAY_MS, { signal }));
  const kit = await startKit(t, { app });
  const handle = await nap.enqueue(null);
  await kit.clock.advance(SECOND_MS);
  await handle.cancel({ reason: "no need" });
  await kit.idle();
  assert.deepEqual(await statesOf(kit), ["nap CANCELED"]);
});

test("the same story runs the same way each time", async (t) => {
  const app = quietApp();
  const trace: string[] = [];
  const note = (what: string, attempt: number): void =>
    void trace.push(`${what} ${attempt} at ${kit.clock.monotonic()}`);
  app.task("child", (_: null, { attempt }) => {
    note("child", attempt);
    if (attempt < 3) throw new Error("again");
  });
  const parent = app.task("parent", async (_: null, { attempt, enqueue }) => {
    note("parent", attempt);
    await sleep(attempt);
    await enqueue("child", null, { delayMs: 1_500 });
    if (attempt === 1) throw new Error("again");
  });
  let kit: TestApp = await startKit(t, { app });
  const stories = new Set<string>();
  for (let times = 0; times < 10; times++) {
    await kit.stop();
    trace.length = 0;
    kit = await startKit(t, { app });
    await parent.enqueue(null, { delayMs: 10 });
    await kit.clock.advance(MINUTE_MS);
    stories.add(trace.join("\n"));
  }
  assert.equal(stories.size, 1, [...stories].join("\n\n"));
  assert.equal([...stories][0]?.split("\n").length, 5);
});

test("two apps on one clock: each step is over in both", async (t) => {
  const [one, other] = [quietApp(), quietApp()];
  const order: string[] = [];
  const tick = one.task("tick", async () => {
    await sleep(5);
    order.push(`tick ${first.clock.monotonic()}`);
  });
  const tock = other.task("tock", () => void order.push(`tock ${first.clock.monotonic()}`));
  const first = await startKit(t, { app: one });
  await startKit(t, { app: other, clock: first.clock });
  await tick.enqueue(undefined, { delayMs: 100 });
  await tock.enqueue(undefined, { delayMs: 200 });
  await tick.enqueue(undefined, { delayMs: 300 });
  await first.clock.advance(SECOND_MS);
  assert.deepEqual(order, ["tick 100", "tock 200", "tick 300"]);
});

test("an app that does not stop cleanly is again as it was made all the same", async () => {
  const app = quietApp();
  const { graceMs } = app.config.values;
  app.use({ name: "p", stop: () => Promise.reject(new Error("stuck")) });
  const kit = await testApp({ app });
  assert.notEqual(app.config.values.graceMs, graceMs);
  await assert.rejects(kit.stop(), /not everything stopped cleanly/);
  assert.equal(app.config.values.graceMs, graceMs);
});
