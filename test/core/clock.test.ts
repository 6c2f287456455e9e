import assert from "node:assert/strict";
import { test } from "node:test";
import { neverBackwards } from "../../src/core/clock.ts";

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
