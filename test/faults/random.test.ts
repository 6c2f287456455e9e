import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "./random.ts";

const draw = (random: Random): number[] => Array.from({ length: 50 }, () => random.whole(1, 6));

test("a seed repeats its choices, another makes others", () => {
  assert.deepEqual(draw(new Random(7)), draw(new Random(7)));
  assert.notDeepEqual(draw(new Random(7)), draw(new Random(8)));
});

test("every number of a range comes, and no other", () => {
  const random = new Random(1);
  const seen = new Set(Array.from({ length: 1_000 }, () => random.whole(-1, 2)));
  assert.deepEqual(
    [...seen].toSorted((a, b) => a - b),
    [-1, 0, 1, 2],
  );
});

test("a shuffle keeps all", () => {
  const items = ["a", "b", "c", "d", "e", "f", "g"];
  const shuffled = new Random(3).shuffle(items);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(shuffled.toSorted(), items);
  assert.throws(() => new Random(1).pick([]), /nothing to pick/);
});

test("a fork does not follow its source", () => {
  const [one, other] = [new Random(5), new Random(5)];
  const fork = one.fork();
  draw(fork);
  other.fork();
  assert.deepEqual(draw(one), draw(other));
});
