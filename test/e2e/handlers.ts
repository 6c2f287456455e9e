/** Tasks for the end-to-end tests, one for each way that a handler can behave. */
import { setTimeout as sleep } from "node:timers/promises";
import { Router, TerminalError, type HandlerContext } from "../../src/index.ts";

export const router = new Router({ prefix: "e2e." });

const retry = { maxAttempts: 1 } as const;

router.task("add", async ({ x, y }: { x: number; y: number }) => x + y);

router.task("noop", async () => null);

router.task("sleep", async ({ ms }: { ms: number }, { signal, attempt }: HandlerContext) => {
  await sleep(ms, undefined, { signal });
  return { attempt };
});

router.task("stubborn", async ({ ms }: { ms: number }) => {
  await sleep(ms);
  return "finished";
});

router.task("steps", async ({ steps }: { steps: number }, context: HandlerContext) => {
  for (let step = 1; step <= steps; step++) {
    context.progress(step, steps, `step ${step}`);
    context.logger.info(`did step ${step}`);
    await sleep(150, undefined, { signal: context.signal });
  }
  return steps;
});

router.task("stream", async function* ({ upTo }: { upTo: number }) {
  for (let item = 1; item <= upTo; item++) yield item;
  return "done";
});

router.task("fail", async ({ message }: { message: string }) => {
  throw new TerminalError(message, { type: "e2e.Failed" });
});

router.task({ name: "throw-text", retry }, async () => {
  // Handlers in plain JavaScript do it.
  // oxlint-disable-next-line typescript/only-throw-error
  throw "just a text";
});

router.task({ name: "throw-nothing", retry }, async () => {
  // oxlint-disable-next-line typescript/only-throw-error
  throw undefined;
});

router.task({ name: "return-function", retry }, async () => () => 1);

router.task({ name: "return-cycle", retry }, async () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  return cycle;
});

router.task({ name: "return-too-much", retry }, async () => "x".repeat(2 << 20));

router.task({ name: "never", retry, timeoutMs: 500 }, () => new Promise<never>(() => undefined));

router.task({ name: "block", retry }, async ({ ms }: { ms: number }) => {
  const untilAt = performance.now() + ms;
  while (performance.now() < untilAt);
  return "unblocked";
});
