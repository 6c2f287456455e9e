/** The tasks of the load, for workers of every kind. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TaskSettings } from "../../../src/core/task-settings.ts";
import type { HandlerContext } from "../../../src/worker/context.ts";
import { RetryLaterError, SnoozeError } from "../../../src/worker/errors.ts";

/** What one task of the load does. */
export interface Work {
  /** How long each attempt takes, in ms. */
  readonly takesMs: number;
  /** Attempts that fail before one succeeds. */
  readonly failures?: number;
  readonly outputs?: number;
  /** Saves one half-way, and goes on from it. */
  readonly checkpoint?: boolean;
  /** Gives itself back once. */
  readonly snooze?: boolean;
}

/** Name of a task that kills its worker. */
export const POISON = "faults.poison";
/** Name of the others. */
export const WORK = "faults.work";

/** Queue of tasks for one worker alone. */
export function queueAt(worker: string): string {
  return `at-${worker}`;
}

/** Failures are common here, so they come back soon. */
export const WORK_SETTINGS: TaskSettings = {
  attemptTimeoutMs: 20_000,
  outputRetry: "restart",
  retry: { maxAttempts: 4, initialBackoffMs: 100, maxBackoffMs: 1_000, maxLostLeases: 20 },
};

export const POISON_SETTINGS: TaskSettings = {
  retry: { maxAttempts: 2, initialBackoffMs: 100, maxBackoffMs: 500, maxLostLeases: 3 },
};

/** Works, fails, streams or snoozes as it is told. */
export async function work(input: Work, context: HandlerContext): Promise<string> {
  const { takesMs, failures = 0, outputs = 0 } = input;
  const { signal, attempt, taskId } = context;
  const tried = context.previousFailure !== undefined;
  const saved = input.checkpoint === true ? context.checkpoint<number>() : undefined;
  await sleep(takesMs / 2, undefined, { signal });
  if (input.snooze === true && attempt === 1) throw new SnoozeError(200);
  if (failures > 0 && attempt <= failures) throw failure(attempt);
  if (input.checkpoint === true) context.saveCheckpoint((saved ?? 0) + 1);
  for (let index = 0; index < outputs; index++) await context.output({ index });
  if (outputs > 0) context.progress(outputs, outputs);
  await sleep(takesMs / 2, undefined, { signal });
  return `${taskId}#${attempt}${tried ? "!" : ""}`;
}

/** Kills the process that received it, within 100 ms. */
export async function poison(afterMs: number): Promise<never> {
  await sleep(afterMs);
  process.kill(process.pid, "SIGKILL");
  // The signal comes before the next turn.
  return sleep(10_000) as Promise<never>;
}

function failure(attempt: number): Error {
  return attempt % 2 === 0
    ? new RetryLaterError(150, "as the task was told")
    : new Error("as the task was told");
}
