/** Apps that tests of the kit run, stopped with the test. */
import type { TestContext } from "node:test";
import { pino } from "pino";
import { QueueTasks } from "../../src/index.ts";
import { testApp, type TestApp, type TestAppOptions } from "../../src/testing/index.ts";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** An app that logs nothing. */
export function quietApp(): QueueTasks {
  return new QueueTasks({ logger: pino({ level: "silent" }) });
}

export async function startKit(t: TestContext, options: TestAppOptions): Promise<TestApp> {
  const kit = await testApp(options);
  t.after(() => kit.stop());
  return kit;
}
