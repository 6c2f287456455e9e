import assert from "node:assert/strict";
import { test } from "node:test";
import { Heap, type HeapNode } from "../../../src/backends/memory/heap.ts";

interface Numbered extends HeapNode {
  readonly number: number;
}

function makeHeap(): Heap<Numbered> {
  return new Heap((a, b) => a.number < b.number);
}

function drain(heap: Heap<Numbered>): number[] {
  const numbers: number[] = [];
  for (let first = heap.first; first !== undefined; first = heap.first) {
    numbers.push(first.number);
    heap.remove(first);
  }
  return numbers;
}

/** Numbers without an order that come the same in every run. */
function scattered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * 7_919) % 10_007);
}

test("nodes come out in order, whatever is removed in between", () => {
  for (const step of [1, 2, 3, 7]) {
    const heap = makeHeap();
    const nodes = scattered(1_000).map((number) => ({ number, place: 0 }));
    for (const node of nodes) heap.add(node);
    const removed = nodes.filter((_, index) => index % step === 0);
    for (const node of removed) assert.equal(heap.remove(node), true);
    const left = nodes.filter((node) => !removed.includes(node)).map(({ number }) => number);
    assert.equal(heap.size, left.length);
    assert.deepEqual(
      drain(heap),
      left.toSorted((a, b) => a - b),
    );
  }
});

test("a node that is not in the heap is not removed", () => {
  const heap = makeHeap();
  const [inside, outside] = [
    { number: 1, place: 0 },
    { number: 2, place: 0 },
  ];
  assert.equal(heap.remove(outside), false);
  heap.add(inside);
  assert.equal(heap.remove(outside), false);
  assert.equal(heap.remove(inside), true);
  assert.equal(heap.remove(inside), false);
  assert.equal(heap.first, undefined);
});

test("taking looks at the first ones and leaves them", () => {
  const heap = makeHeap();
  for (const number of scattered(100)) heap.add({ number, place: 0 });
  const sorted = scattered(100).toSorted((a, b) => a - b);
  const taken = heap.take(5, () => true).map(({ number }) => number);
  assert.deepEqual(taken, sorted.slice(0, 5));
  const below = heap.take(1_000, ({ number }) => number < 2_000).map(({ number }) => number);
  assert.deepEqual(
    below,
    sorted.filter((number) => number < 2_000),
  );
  assert.deepEqual(drain(heap), sorted);
});
