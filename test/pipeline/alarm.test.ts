/** The timer of the sweeps: when it rings, and what it tells of failures. */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { pino } from "pino";
import { QTasksError } from "../../src/core/errors.ts";
import { Alarm } from "../../src/pipeline/alarm.ts";

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly reason?: string;
  readonly failures?: number;
}

/** An alarm whose runs do what they are told, one after the other, and then sleep for an hour. */
function setup(t: TestContext, runs: readonly (() => number)[]) {
  const lines: Line[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const logger = pino({ formatters }, { write: (line) => lines.push(JSON.parse(line) as Line) });
  const done = Promise.withResolvers<void>();
  let count = 0;
  const alarm = new Alarm({
    now: () => Date.now(),
    run: async () => {
      const nextAt = runs[count++]!();
      if (count === runs.length) done.resolve();
      return nextAt;
    },
    atLeastEveryMs: 3_600_000,
    logger,
  });
  t.after(() => alarm.stop());
  return { alarm, lines, done: done.promise, runs: () => count };
}

function unreachable(): never {
  throw new QTasksError("STORAGE_UNAVAILABLE", "nobody answers");
}

test("an outage is told once when it begins and once when it is over", async (t) => {
  const { alarm, lines, done } = setup(t, [unreachable, unreachable, () => 0]);
  alarm.start();
  await done;
  await alarm.stop();
  assert.deepEqual(
    lines.map(({ level, reason, failures }) => [level, reason ?? failures]),
    [
      ["warn", "STORAGE_UNAVAILABLE"],
      ["info", 2],
    ],
  );
});

test("the earliest of the times that it was told is when it rings", async (t) => {
  const { alarm, done, runs } = setup(t, [() => Date.now() + 60_000, () => 0]);
  alarm.start();
  alarm.note(Date.now() + 30_000);
  alarm.note(Date.now() + 20);
  alarm.note(Date.now() + 40_000);
  await done;
  assert.equal(runs(), 2);
});

test("it runs nothing before its start and after its stop", async (t) => {
  const { alarm, runs } = setup(t, [() => 0]);
  alarm.note(Date.now());
  await alarm.stop();
  assert.equal(runs(), 0);
  alarm.start();
  await alarm.stop();
  alarm.note(Date.now());
  assert.equal(runs(), 1);
});
