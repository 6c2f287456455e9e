import assert from "node:assert/strict";
import { test } from "node:test";
import { neverBackwards, neverStill } from "../../src/core/clock.ts";

test("a clock that jumps back stands still instead", () => {
  const times = [100, 90, 101, 50, 101, 102];
  let index = 0;
  const clock = neverBackwards({ now: () => times[index++]!, monotonic: () => 7 });
  assert.deepEqual(
    times.map(() => clock.now()),
    [100, 100, 101, 101, 101, 102],
  );
  assert.equal(clock.monotonic(), 7);
});

test("a clock that jumps back goes on, a little slower, until it has caught up", () => {
  const machine = { wall: 3_600_000, passed: 0 };
  const clock = neverStill({ now: () => machine.wall, monotonic: () => machine.passed });
  const after = (ms: number): number => {
    machine.wall += ms;
    machine.passed += ms;
    return clock.now();
  };
  assert.equal(clock.now(), 3_600_000);
  machine.wall -= 1_000;
  assert.equal(clock.now(), 3_600_000);
  assert.equal(after(500), 3_600_480);
  while (clock.now() > machine.wall) after(10);
  assert.equal(clock.now(), machine.wall);
  assert.ok(machine.passed > 24_000 && machine.passed < 25_000, `${machine.passed} ms`);
  assert.equal(after(7), machine.wall);
});

test("a clock that is told of a later time goes on from there", () => {
  let passed = 0;
  const clock = neverStill({ now: () => 1_000 + passed, monotonic: () => passed });
  clock.advanceTo(5_000);
  clock.advanceTo(2_000);
  assert.equal(clock.now(), 5_000);
  passed = 100;
  assert.equal(clock.now(), 5_096);
});
