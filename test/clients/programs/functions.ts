/** The plain functions of the conformance workers, for the bridge, which has none: it runs methods only. */
import { setTimeout as sleep } from "node:timers/promises";
import { Router } from "../../../src/routers/router.ts";
import { STATUS_CODES, type StatusName } from "../../../src/core/status-code.ts";
import { TaskError } from "../../../src/worker/errors.ts";

interface Failing {
  readonly code: number;
  readonly type: string;
  readonly message: string;
  readonly details: unknown;
}

/** `conformance.*` but for the benchmark. */
export function functions(): Router {
  const router = new Router({ prefix: "conformance." });
  router.task("echo", async (input: unknown) => input);
  router.task("sum", async ({ x, y }: { x: number; y: number }) => x + y);
  router.task("count", async function* ({ count }: { count: number }) {
    for (let value = 0; value < count; value++) yield value;
  });
  router.task("fail", async ({ code, type, message, details }: Failing) => {
    throw new TaskError(message, { code: nameOf(code), type, details });
  });
  router.task("wait", async ({ delay_ms: delayMs }: { delay_ms: number }, context) => {
    context.logger.info("started");
    context.progress(0, delayMs, "waiting");
    await sleep(delayMs, undefined, { signal: context.signal });
    return { attempt: context.attempt, pid: process.pid };
  });
  return router;
}

function nameOf(code: number): StatusName {
  const names = Object.keys(STATUS_CODES) as StatusName[];
  return names.find((name) => STATUS_CODES[name] === code)!;
}
