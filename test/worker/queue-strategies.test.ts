/** Which queues the strategies choose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn, strictOrder, weighted } from "../../src/worker/queue-strategies.ts";
import { Worker } from "../../src/worker/worker.ts";
import { FakeServer } from "./fake-server.ts";
import { seeded } from "./seeded.ts";

const QUEUES = ["low", "default", "critical"];
const WEIGHTS = { critical: 6, default: 3, low: 1 };

test("in turn leaves the choice to the server", () => {
  assert.deepEqual(inTurn().choose(QUEUES), []);
});

test("the strict order puts what it does not name last, and names nothing that the worker lacks", () => {
  const strategy = strictOrder("critical", "absent", "default");
  assert.deepEqual(strategy.choose(QUEUES), ["critical", "default", "low"]);
  assert.deepEqual(strategy.choose(["b", "default", "a"]), ["default", "b", "a"]);
  assert.deepEqual(strategy.choose(["x"]), ["x"]);
});

test("weights are each queue's share of the first places, and of the next ones among the rest", () => {
  const strategy = weighted(WEIGHTS, { random: seeded(7) });
  const draws = 20_000;
  const first = new Map<string, number>();
  let defaultBeforeLow = 0;
  for (let count = 0; count < draws; count++) {
    const order = strategy.choose(QUEUES);
    assert.deepEqual([...order].sort(), ["critical", "default", "low"]);
    first.set(order[0]!, (first.get(order[0]!) ?? 0) + 1);
    if (order.indexOf("default") < order.indexOf("low")) defaultBeforeLow++;
  }
  assertNear(first.get("critical")! / draws, 0.6);
  assertNear(first.get("default")! / draws, 0.3);
  assertNear(first.get("low")! / draws, 0.1);
  assertNear(defaultBeforeLow / draws, 0.75);
});

test("a queue without a weight has weight 1, whatever it is called", () => {
  const strategy = weighted({ a: 3 }, { random: seeded(11) });
  const draws = 20_000;
  let first = 0;
  for (let count = 0; count < draws; count++)
    if (strategy.choose(["a", "constructor"])[0] === "constructor") first++;
  assertNear(first / draws, 0.25);
});

test("numbers at the edge of random's range give an order too", () => {
  for (const value of [0, 1 - Number.EPSILON / 2])
    assert.deepEqual(weighted(WEIGHTS, { random: () => value }).choose(QUEUES).length, 3);
});

test("faulty strategies are refused with what is expected and what came", () => {
  const faults: [() => unknown, RegExp][] = [
    [() => weighted({}), /^weighted: expected an object with a weight .*; got \{\}$/],
    [() => weighted(undefined as never), /^weighted: expected .*; got undefined$/],
    [() => weighted(["a"] as never), /^weighted: expected an object/],
    [() => weighted({ a: 1, b: 0 }), /^weighted: b: expected a number above 0; got 0$/],
    [() => weighted({ a: -1 }), /^weighted: a: .*; got -1$/],
    [() => weighted({ a: NaN }), /^weighted: a: .*; got NaN$/],
    [() => weighted({ a: Infinity }), /^weighted: a: .*; got Infinity$/],
    [() => weighted({ a: "6" as never }), /^weighted: a: .*; got "6"$/],
    [() => weighted({ "": 1 }), /^weighted: expected the name of a queue; got ""$/],
    [() => strictOrder(), /^strictOrder: expected the names of one or more queues; got \[\]$/],
    [() => strictOrder("a", ""), /^strictOrder: argument 2: expected the name of a queue; got ""$/],
    [() => strictOrder("a", "b", "a"), /^strictOrder: expected each queue once; got "a"$/],
    [
      () => new Worker({ calls: new FakeServer().calls, queueStrategy: "weighted" as never }),
      /^queueStrategy: expected an object with choose\(queues\); got string$/,
    ],
    [
      () =>
        new Worker({
          calls: new FakeServer().calls,
          queueStrategy: { names: "a" as never, choose: () => [] },
        }),
      /^queueStrategy: expected names as an array; got string$/,
    ],
  ];
  for (const [make, message] of faults)
    assert.throws(make, { reason: "CONFIG_INVALID", message }, String(make));
});

/** Four standard deviations of 20,000 draws and a bit. */
function assertNear(share: number, expected: number): void {
  assert.ok(Math.abs(share - expected) < 0.015, `${share} is not ${expected}`);
}
