import assert from "node:assert/strict";
import { test } from "node:test";

import { Coalescer, type CoalescerOptions } from "../../src/core/coalescer.ts";

/** A coalescer whose batches land when the test says so. */
function setup(options: Partial<CoalescerOptions<number, string>> = {}) {
  const batches: { items: readonly number[]; land: (results?: (string | Error)[]) => void }[] = [];
  let arrived = Promise.withResolvers<void>();
  const coalescer = new Coalescer<number, string>({
    maxItems: 10,
    run: (items) => {
      const { promise, resolve } = Promise.withResolvers<(string | Error)[]>();
      batches.push({ items, land: (results) => resolve(results ?? items.map(String)) });
      arrived.resolve();
      return promise;
    },
    ...options,
  });
  const nextBatch = async (): Promise<(typeof batches)[number]> => {
    if (batches.length === 0) await arrived.promise;
    arrived = Promise.withResolvers();
    return batches.shift()!;
  };
  return { coalescer, batches, nextBatch };
}

test("a call leaves at once, those after it gather until it has landed", async () => {
  const { coalescer, batches, nextBatch } = setup();
  const first = coalescer.add(1);
  const alone = await nextBatch();
  const rest = [2, 3, 4].map((item) => coalescer.add(item));
  assert.deepEqual(alone.items, [1]);
  assert.equal(batches.length, 0);
  assert.equal(coalescer.waitingCount, 3);
  alone.land();
  assert.equal(await first, "1");
  const gathered = await nextBatch();
  assert.deepEqual(gathered.items, [2, 3, 4]);
  gathered.land();
  assert.deepEqual(await Promise.all(rest), ["2", "3", "4"]);
});

test("calls of one turn leave together", async () => {
  const { coalescer, nextBatch } = setup();
  const results = Promise.all([1, 2, 3].map((item) => coalescer.add(item)));
  const batch = await nextBatch();
  assert.deepEqual(batch.items, [1, 2, 3]);
  batch.land();
  assert.deepEqual(await results, ["1", "2", "3"]);
});

test("a batch holds at most maxItems", async () => {
  const { coalescer, nextBatch } = setup({ maxItems: 2 });
  const results = Promise.all([1, 2, 3].map((item) => coalescer.add(item)));
  for (const expected of [[1, 2], [3]]) {
    const batch = await nextBatch();
    assert.deepEqual(batch.items, expected);
    batch.land();
  }
  assert.deepEqual(await results, ["1", "2", "3"]);
});

test("a batch holds at most maxBytes, and what is larger goes alone", async () => {
  const { coalescer, nextBatch } = setup({ maxBytes: 10, sizeOf: (item) => item });
  const results = Promise.all([4, 6, 1, 50, 9].map((item) => coalescer.add(item)));
  for (const expected of [[4, 6], [1], [50], [9]]) {
    const batch = await nextBatch();
    assert.deepEqual(batch.items, expected);
    batch.land();
  }
  assert.deepEqual(await results, ["4", "6", "1", "50", "9"]);
});

test("up to maxInFlight batches are under way", async () => {
  const { coalescer, batches } = setup({ maxItems: 1, maxInFlight: 2 });
  const results = Promise.all([1, 2, 3].map((item) => coalescer.add(item)));
  await Promise.resolve();
  assert.deepEqual(
    batches.map((batch) => batch.items),
    [[1], [2]],
  );
  batches[1]!.land();
  batches[0]!.land();
  while (batches.length < 3) await Promise.resolve();
  batches[2]!.land();
  assert.deepEqual(await results, ["1", "2", "3"]);
});

test("an Error among the results rejects that item alone", async () => {
  const { coalescer, nextBatch } = setup();
  const results = Promise.allSettled([1, 2, 3].map((item) => coalescer.add(item)));
  (await nextBatch()).land(["a", new Error("no"), "c"]);
  const [a, b, c] = await results;
  assert.deepEqual(a, { status: "fulfilled", value: "a" });
  assert.match(String(b?.status === "rejected" && b.reason), /no/);
  assert.deepEqual(c, { status: "fulfilled", value: "c" });
});

test("many items have one answer: in order, over several batches, beside other calls", async () => {
  const { coalescer, nextBatch } = setup({ maxItems: 3 });
  const first = coalescer.add(1);
  const many = coalescer.addAll([2, 3, 4, 5]);
  const last = coalescer.add(6);
  assert.equal(coalescer.waitingCount, 6);
  const one = await nextBatch();
  assert.deepEqual(one.items, [1, 2, 3]);
  one.land(["a", "b", "c"]);
  assert.equal(await first, "a");
  const rest = await nextBatch();
  assert.deepEqual(rest.items, [4, 5, 6]);
  const wrong = new Error("no");
  rest.land(["d", wrong, "f"]);
  assert.deepEqual(await many, ["b", "c", "d", wrong]);
  assert.equal(await last, "f");
  assert.equal(coalescer.waitingCount, 0);
});

test("many items: those of a batch that fails have its error, and none are answered at once", async () => {
  let runs = 0;
  const away = new Error("away");
  const coalescer = new Coalescer<number, number>({
    maxItems: 2,
    run: async (items) => {
      if (runs++ === 0) throw away;
      return items;
    },
  });
  assert.deepEqual(await coalescer.addAll([]), []);
  assert.equal(runs, 0);
  assert.deepEqual(await coalescer.addAll([1, 2, 3]), [away, away, 3]);
  await coalescer.idle();
});

test("a batch that fails rejects all its items, and the next one goes on", async () => {
  let runs = 0;
  const coalescer = new Coalescer<number, number>({
    maxItems: 2,
    run: async (items) => {
      if (runs++ === 0) throw new Error("away");
      return items;
    },
  });
  const [a, b, c] = await Promise.allSettled([1, 2, 3].map((item) => coalescer.add(item)));
  assert.equal(a!.status, "rejected");
  assert.equal(b!.status, "rejected");
  assert.deepEqual(c, { status: "fulfilled", value: 3 });
});

test("a batch with a wrong number of results rejects all its items", async () => {
  const coalescer = new Coalescer<number, number>({ maxItems: 2, run: async () => [1] });
  for (const result of await Promise.allSettled([coalescer.add(1), coalescer.add(2)])) {
    assert.match(String(result.status === "rejected" && result.reason), /2 items has 1 results/);
  }
});

test("idle waits for all that was added", async () => {
  const { coalescer, nextBatch } = setup({ maxItems: 1 });
  await coalescer.idle();
  const landed: string[] = [];
  for (const item of [1, 2]) void coalescer.add(item).then((result) => landed.push(result));
  const idle = coalescer.idle();
  (await nextBatch()).land();
  (await nextBatch()).land();
  await idle;
  assert.deepEqual(landed, ["1", "2"]);
});

test("a hundred thousand calls keep their order", async () => {
  const coalescer = new Coalescer<number, number>({
    maxItems: 1000,
    run: async (items) => items,
  });
  const items = Array.from({ length: 100_000 }, (_, index) => index);
  assert.deepEqual(await Promise.all(items.map((item) => coalescer.add(item))), items);
});

test("an item that can't be measured goes to who refuses it", async () => {
  const coalescer = new Coalescer<number, number>({
    run: async (items) => items,
    maxItems: 10,
    maxBytes: 5,
    sizeOf: () => {
      throw new TypeError("no such size");
    },
  });
  assert.deepEqual(await coalescer.addAll([1, 2]), [1, 2]);
});
