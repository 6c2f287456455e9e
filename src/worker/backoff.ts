/** Calls that are repeated until the server has answered. */
import { setTimeout as sleep } from "node:timers/promises";
import { QTasksError } from "../core/errors.ts";

const FIRST_MS = 100;
const MAX_MS = 5_000;

/** The pause before a repeat: doubling from 100 ms to 5 s, half of it random, so that workers don't come back in step. */
export function pauseMs(failures: number): number {
  const whole = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(whole * (0.5 + Math.random() / 2));
}

/** The server will never accept this request, however often it is repeated. */
export function isRefusal(error: QTasksError): boolean {
  if (error.code === "INVALID_ARGUMENT" || error.code === "FAILED_PRECONDITION") return true;
  if (error.code === "ALREADY_EXISTS" || error.code === "UNIMPLEMENTED") return true;
  if (error.code === "NOT_FOUND") return error.reason !== "SESSION_NOT_FOUND";
  return (
    error.code === "RESOURCE_EXHAUSTED" &&
    error.reason !== "RATE_LIMITED" &&
    error.reason !== "QUEUE_FULL"
  );
}

export interface RepeatOptions {
  /** Gives up: the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** How long to go on after such an error, in ms; 0 or less: it is thrown. @default without end, but for refusals */
  readonly leftMs?: (error: QTasksError) => number;
  /** Called before each pause. */
  readonly onFailure?: (error: QTasksError, failures: number) => void;
}

/** Repeats a call that may be repeated until it is answered, or its error ends the patience. */
export async function untilAnswered<T>(call: () => Promise<T>, options: RepeatOptions): Promise<T> {
  const { signal, onFailure, leftMs = endless } = options;
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (thrown) {
      const error = QTasksError.from(thrown);
      const atMostMs = leftMs(error);
      if (atMostMs <= 0) throw error;
      onFailure?.(error, failures);
      await pause(Math.min(atMostMs, error.retryAfterMs ?? pauseMs(failures)), signal);
    }
  }
}

function endless(error: QTasksError): number {
  return isRefusal(error) ? 0 : Infinity;
}

/** Sleeps; rejects with the signal's reason when it aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // What sleep throws names no cause; the signal's reason does.
    throw signal.reason;
  }
}
