/** Apps for tests: quiet, in memory, and stopped when the test ends. */
import type { TestContext } from "node:test";
import { pino } from "pino";
import { QueueTasks, type QueueTasksOptions } from "../../src/index.ts";

export const QUIET = { logger: pino({ level: "silent" }), env: {}, configFile: false } as const;

/** Without listeners, unless the test starts a server. */
export function memoryApp(t: TestContext, options: QueueTasksOptions = {}): QueueTasks {
  const local = { grpc: "127.0.0.1:0", http: "127.0.0.1:0" } as const;
  const app = new QueueTasks({ ...QUIET, ...local, url: "memory:", ...options });
  t.after(() => app.stop());
  return app;
}
