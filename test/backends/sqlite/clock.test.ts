import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { freshFolder, openStorage } from "./fresh.ts";

const HOUR_MS = 3_600_000;

/** A clock in the test's hands. */
function clockAt(at: number): { at: number; now(): number; monotonic(): number } {
  const clock = { at, now: () => clock.at, monotonic: () => clock.at };
  return clock;
}

test("the time does not run backwards with the machine's clock", async (t) => {
  const clock = clockAt(Date.now());
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db"), clock });
  const before = storage.now();
  clock.at -= HOUR_MS;
  assert.equal(storage.now(), before);
  clock.at += HOUR_MS + 5;
  assert.equal(storage.now(), before + 5);
});

test("the time does not run backwards over a restart", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const clock = clockAt(Date.now());
  const first = await openStorage(t, { path, clock });
  clock.at += HOUR_MS;
  await add(first, makeRecord({ createdAt: clock.at }));
  const before = first.now();
  await first.stop();
  clock.at -= HOUR_MS;
  assert.equal((await openStorage(t, { path, clock })).now(), before);
});

test("a time that is more than a day ahead is not believed", async (t) => {
  const path = join(await freshFolder(t), "a.db");
  const real = Date.now();
  const clock = clockAt(real + 48 * HOUR_MS);
  const wrong = await openStorage(t, { path, clock });
  await add(wrong, makeRecord({ createdAt: clock.at }));
  await wrong.stop();
  clock.at = real;
  const storage = await openStorage(t, { path, clock });
  assert.equal(storage.now(), real);
  assert.deepEqual(await handOut(storage), [], "its task was ready by the wrong clock");
  clock.at = real + 48 * HOUR_MS;
  assert.equal((await handOut(storage)).length, 1);
});

async function handOut(storage: Awaited<ReturnType<typeof openStorage>>): Promise<unknown[]> {
  const { records } = await storage.handOut({
    offers: [{ queue: "default", names: ["mail.send"] }],
    max: 10,
    maxBytes: 1_000_000,
    nonce: "0".repeat(31) + "1",
    sessionId: "s",
    workerId: "w",
    leaseMs: 1_000,
    delivered: true,
  });
  return [...records];
}
