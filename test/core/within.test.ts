import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { within } from "../../src/core/within.ts";

/** Timers that would keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}

test("what is fulfilled in time is within it, whatever its value", async () => {
  const before = timers();
  assert.equal(await within(60_000, Promise.resolve(false)), true);
  assert.equal(await within(60_000, sleep(5)), true);
  assert.equal(timers(), before, "its timers are gone");
});

test("what is there already is in time, however short that is", async () => {
  assert.equal(await within(0, Promise.resolve()), true);
});

test("what takes longer is not, once the time is over", async () => {
  const before = timers();
  const startedAt = performance.now();
  assert.equal(await within(30, new Promise(() => undefined)), false);
  // A timer may fire within the millisecond before its time.
  assert.ok(performance.now() - startedAt >= 29);
  assert.equal(timers(), before);
});

test("what rejects in time rejects", async () => {
  const before = timers();
  await assert.rejects(within(60_000, Promise.reject(new Error("broken"))), /^Error: broken$/);
  assert.equal(timers(), before, "its timers are gone");
});

test("what rejects too late is not left unhandled", async (t) => {
  const unhandled = t.mock.fn();
  process.once("unhandledRejection", unhandled);
  t.after(() => process.off("unhandledRejection", unhandled));
  const late = Promise.withResolvers<void>();
  assert.equal(await within(1, late.promise), false);
  late.reject(new Error("too late"));
  await sleep(5);
  assert.equal(unhandled.mock.callCount(), 0);
});
