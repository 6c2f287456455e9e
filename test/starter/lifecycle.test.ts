import assert from "node:assert/strict";
import { test } from "node:test";
import { QTasksError } from "../../src/core/errors.ts";
import { Lifecycle } from "../../src/starter/lifecycle.ts";

const CANCELED = { reason: "CALL_CANCELED" };

/** A thing that is up or not and notes what happens to it; each step takes a few turns. */
function setup() {
  const life = new Lifecycle();
  const steps: string[] = [];
  let isUp = false;
  const pass = () => new Promise((resolve) => setImmediate(resolve));
  const start = () =>
    life.start(async () => {
      if (isUp) return;
      steps.push("start");
      await pass();
      isUp = true;
    });
  const stop = () =>
    life.stop(async (starting) => {
      await starting;
      steps.push("stop");
      await pass();
      isUp = false;
    });
  return { life, steps, start, stop, isUp: () => isUp };
}

/** Whether it resolved, or with which reason it was rejected. */
async function fate(promise: Promise<void>): Promise<string> {
  return promise.then(
    () => "ok",
    (error: unknown) => QTasksError.from(error).reason,
  );
}

test("what is asked for at once is done once", async () => {
  const { steps, start, stop } = setup();
  await Promise.all([start(), start()]);
  await start();
  await Promise.all([stop(), stop()]);
  assert.deepEqual(steps, ["start", "stop"]);
});

test("the last that was asked for counts, whatever came before it in the same turn", async () => {
  for (const orders of everyOrder(5)) {
    const { start, stop, isUp } = setup();
    const fates = await Promise.all(
      orders.map((order) => fate(order === "start" ? start() : stop())),
    );
    assert.equal(isUp(), orders.at(-1) === "start", orders.join());
    // A start is told whether it counts; a stop always does its part.
    assert.deepEqual(
      fates,
      orders.map((order, i) =>
        order === "start" && orders.indexOf("stop", i) >= 0 ? "CALL_CANCELED" : "ok",
      ),
      orders.join(),
    );
  }
});

test("the last counts also where it is asked for while a stop ends and a start that waited begins", async () => {
  for (let turns = 0; turns < 12; turns++) {
    const { start, stop, isUp } = setup();
    await start();
    const stopped = stop();
    const waited = fate(start());
    await stopped;
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    const last = stop();
    assert.equal(await waited, "CALL_CANCELED", `after ${turns} turns`);
    await last;
    assert.equal(isUp(), false);
  }
});

test("a start that a stop overtakes is rejected, also where all that it started came up", async () => {
  const life = new Lifecycle();
  const gate = Promise.withResolvers<void>();
  const started = life.start(() => gate.promise);
  const stopped = life.stop(() => Promise.resolve());
  gate.resolve();
  await assert.rejects(started, CANCELED);
  await stopped;
});

test("a stop is over when the start that it overtook is", async () => {
  const life = new Lifecycle();
  const gate = Promise.withResolvers<void>();
  const started = fate(life.start(() => gate.promise));
  let isOver = false;
  const stopped = life.stop(() => Promise.resolve()).then(() => (isOver = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(life.isStopping);
  assert.ok(!isOver);
  gate.resolve();
  await Promise.all([started, stopped]);
  assert.ok(!life.isStopping);
});

test("what asks from within a step finds it under way", async () => {
  const life = new Lifecycle();
  const runs: string[] = [];
  let within: Promise<unknown>[] = [];
  const start = (): Promise<void> =>
    life.start(async () => {
      runs.push("start");
      within.push(start());
    });
  const stop = (): Promise<void> =>
    life.stop(async () => {
      runs.push("stop");
      within.push(stop());
    });
  await start();
  await Promise.all(within);
  within = [];
  await stop();
  await Promise.all(within);
  assert.deepEqual(runs, ["start", "stop"]);
});

test("a start that fails can be repeated, and so can a stop", async () => {
  const life = new Lifecycle();
  let faults = 2;
  const once = async (): Promise<void> => {
    if (faults-- > 0) throw new Error("no disk");
  };
  await assert.rejects(life.start(once), /no disk/);
  await assert.rejects(life.stop(once), /no disk/);
  await life.start(once);
  await life.stop(once);
  assert.equal(faults, -2);
});

/** All sequences of up to so many starts and stops. */
function everyOrder(length: number): string[][] {
  if (length === 0) return [];
  const shorter: string[][] = [[], ...everyOrder(length - 1)];
  return [
    ...new Map(
      shorter
        .flatMap((order) => [
          [...order, "start"],
          [...order, "stop"],
        ])
        .map((order) => [order.join(), order]),
    ).values(),
  ];
}
