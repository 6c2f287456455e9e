/** The clock alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestClock } from "../../src/testing/index.ts";

test("it stands still, and shows what it was moved by", async () => {
  const clock = new TestClock(5_000);
  assert.deepEqual([clock.now(), clock.monotonic(), clock.date()], [5_000, 0, new Date(5_000)]);
  await clock.advance(250);
  assert.deepEqual([clock.now(), clock.monotonic()], [5_250, 250]);
  await clock.advanceTo(new Date(6_000));
  await clock.advanceTo(1);
  assert.equal(clock.now(), 6_000);
});

test("timers call back in the order of their times, then in that in which they were set", async () => {
  const clock = new TestClock(0);
  const rang: string[] = [];
  const set = (name: string, ms: number) =>
    clock.setTimer(() => void rang.push(`${name} ${clock.now()}`), ms);
  set("c", 30);
  set("a", 10);
  set("b", 10);
  const gone = set("gone", 20);
  set("later", 41);
  clock.clearTimer(gone);
  clock.clearTimer(undefined);
  await clock.advance(40);
  assert.deepEqual(rang, ["a 10", "b 10", "c 30"]);
});

test("timers that are set by timers ring within the same move", async () => {
  const clock = new TestClock(0);
  const rang: number[] = [];
  const again = (): void => {
    rang.push(clock.now());
    clock.setTimer(again, 100);
  };
  clock.setTimer(again, 100);
  await clock.advance(350);
  assert.deepEqual(rang, [100, 200, 300]);
});

test("moves that overlap follow each other", async () => {
  const clock = new TestClock(0);
  const seen: number[] = [];
  clock.setTimer(() => void seen.push(clock.now()), 15);
  await Promise.all([
    clock.advance(10).then(() => seen.push(clock.now())),
    clock.advance(10).then(() => seen.push(clock.now())),
  ]);
  assert.deepEqual(seen, [10, 15, 20]);
});

test("sleeps end with the clock or with their signal", async () => {
  const clock = new TestClock(0);
  const reason = new Error("enough");
  const controller = new AbortController();
  const [slept, aborted] = [clock.sleep(50), clock.sleep(50, { signal: controller.signal })];
  controller.abort(reason);
  await assert.rejects(aborted, reason);
  await assert.rejects(clock.sleep(1, { signal: controller.signal }), reason);
  await clock.advance(50);
  await slept;
});

test("times that make no sense are refused", async () => {
  const clock = new TestClock(0);
  const invalid = { reason: "CONFIG_INVALID" };
  for (const ms of [-1, 0.5, NaN, Infinity]) assert.throws(() => clock.advance(ms), invalid);
  assert.throws(() => new TestClock(new Date("never")), invalid);
  await clock.advance(0);
});
