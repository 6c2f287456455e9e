import assert from "node:assert/strict";
import { test } from "node:test";
import { RedisClock } from "../../../src/backends/redis/redis-clock.ts";

const REMOTE_AHEAD_MS = 5_000;

/** A local clock that the test moves, and a remote one that may be set. */
function makeClocks() {
  const state = { local: 1_000_000, ahead: REMOTE_AHEAD_MS };
  const local = { now: () => state.local, monotonic: () => state.local };
  const clock = new RedisClock(local);
  const remote = (): number => state.local + state.ahead;
  const call = (thereMs: number, backMs: number): void => {
    const sentAt = clock.monotonic();
    state.local += thereMs;
    const timeMicros = remote() * 1000;
    state.local += backMs;
    clock.learn(timeMicros, sentAt);
  };
  return { state, clock, remote, call };
}

test("the estimate is never ahead, and as close as the fastest way back", () => {
  const { state, clock, remote, call } = makeClocks();
  assert.equal(clock.now(), state.local);
  for (const [there, back, behind] of [
    [1, 20, 20],
    [30, 3, 3],
    [2, 9, 3],
  ] as const) {
    call(there, back);
    assert.equal(clock.now(), remote() - behind);
  }
  state.local += 10_000;
  assert.equal(clock.now(), remote() - 3);
});

test("it follows when the remote clock is set, but never runs backwards", () => {
  const { state, clock, remote, call } = makeClocks();
  call(1, 1);
  state.ahead += 60_000;
  call(1, 1);
  assert.equal(clock.now(), remote() - 1);
  const before = clock.now();
  state.ahead -= 30_000;
  call(1, 1);
  assert.equal(clock.now(), before);
  state.local += 60_000;
  assert.equal(clock.now(), remote() - 1);
});
