/** The plain functions that every conformance worker runs. */
import { setTimeout as sleep } from "node:timers/promises";
import { TaskError, type HandlerContext, type StatusName, type Worker } from "../node/index.ts";
import { Code } from "@connectrpc/connect";

interface CountInput {
  readonly count: number;
  readonly delay_ms?: number;
}

interface FailInput {
  readonly code: number;
  readonly type: string;
  readonly message: string;
  readonly details: unknown;
}

const STEP_MS = 20;

export function addFunctions(worker: Worker): void {
  worker.task("conformance.echo", (input: unknown) => input);
  worker.task("conformance.sum", ({ x, y }: { x: number; y: number }) => x + y);
  worker.task("conformance.count", count);
  worker.task("conformance.fail", fail);
  worker.task("conformance.wait", wait);
  worker.task({ name: "conformance.checkpoint", retry: { initialBackoffMs: 50 } }, checkpoint);
  worker.task("conformance.bench", () => null);
}

async function* count(input: CountInput, context: HandlerContext) {
  for (let value = 0; value < input.count; value++) {
    yield value;
    await pause(input.delay_ms ?? 0, context);
  }
}

function fail({ code, type, message, details }: FailInput): never {
  throw new TaskError(message, { code: nameOf(code), type, details });
}

/** `NOT_FOUND` for 5. */
function nameOf(code: number): StatusName {
  const words = Code[code]!.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  return (words === "CANCELED" ? "CANCELLED" : words) as StatusName;
}

async function wait(input: { delay_ms: number }, context: HandlerContext) {
  context.logger.info("started");
  for (let waitedMs = 0; waitedMs < input.delay_ms; waitedMs += STEP_MS) {
    context.progress(waitedMs, input.delay_ms, "waiting");
    await pause(Math.min(STEP_MS, input.delay_ms - waitedMs), context);
  }
  return { attempt: context.attempt, pid: process.pid };
}

function checkpoint(input: unknown, context: HandlerContext) {
  const saved = context.checkpoint();
  if (saved !== undefined) return { checkpoint: saved, attempt: context.attempt };
  context.saveCheckpoint(input);
  throw new TaskError("the first attempt only saves its checkpoint", { code: "UNAVAILABLE" });
}

/** Waits; rejects with why the attempt is to stop, where it is. */
export async function pause(ms: number, { signal }: HandlerContext): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
