import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { QueueTasks } from "../../src/index.ts";

const QUIET = { url: "memory:", grpc: false, http: false, configFile: false } as const;

test("an app logs what looks like a mistake in the environment, when it connects", async (t) => {
  const logged: { readonly level: number; readonly msg: string }[] = [];
  const write = (line: string): void => void logged.push(JSON.parse(line) as (typeof logged)[0]);
  const logger = pino({ level: "warn" }, { write });
  const app = new QueueTasks({ ...QUIET, logger, env: { QTASKS_SLOT: "1" } });
  t.after(() => app.stop());
  assert.deepEqual(logged, []);
  await app.start();
  const warnings = logged.map(({ level, msg }) => [level, msg]);
  assert.deepEqual(warnings, [
    [40, "QTASKS_SLOT is no variable of QTasks and has no effect; did you mean QTASKS_SLOTS?"],
  ]);
});

test("an app refuses options that nobody knows, all of them at once", () => {
  const options = { ...QUIET, env: {}, slot: 5, limits: {}, queueStrategies: 1 } as object;
  assert.throws(() => new QueueTasks(options), {
    reason: "CONFIG_INVALID",
    message:
      /^2 faults .*\n  slot: no such option; did you mean slots\?\n  queueStrategies: no such option; did you mean queueStrategy\?$/,
  });
});
