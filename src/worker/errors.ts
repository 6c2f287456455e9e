/** Errors by which handlers steer what becomes of their attempt, and those that abort them. */
import type { StatusName } from "../core/status-code.ts";

/** Servers ask for less; what is longer no message could say. */
const MAX_DELAY_MS = Number.MAX_SAFE_INTEGER;

export interface TaskErrorOptions {
  /** Stable type, such as `acme.mail.BadAddress`; retry policies match it. @default the class's name */
  readonly type?: string;
  /**
   * A google.rpc.Code. INVALID_ARGUMENT, NOT_FOUND and their like end the task without a retry. What is no such name counts
   * as none. @default UNKNOWN
   */
  readonly code?: StatusName;
  /** Facts for the caller, encoded as JSON. */
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** A failure with a stable type, a code and details; the retry policy decides whether another attempt follows. */
export class TaskError extends Error {
  override readonly name: string = "TaskError";
  readonly type: string | undefined;
  readonly code: StatusName | undefined;
  readonly details: unknown;

  constructor(message: string, options: TaskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.type = options.type;
    this.code = options.code;
    this.details = options.details;
  }
}

/** Fails the task for good: no more attempts, whatever its retry policy says. */
export class TerminalError extends TaskError {
  override readonly name = "TerminalError";
}

/** Fails the attempt and asks for the next one after `delayMs` instead of the policy's backoff. It counts as an attempt. */
export class RetryLaterError extends TaskError {
  override readonly name = "RetryLaterError";
  readonly delayMs: number;

  constructor(delayMs: number, message = `retry in ${delayMs} ms`, options?: TaskErrorOptions) {
    super(message, options);
    this.delayMs = checkDelay(delayMs);
  }
}

/** Puts the task back for `delayMs`; no failure, and not counted as an attempt. */
export class SnoozeError extends Error {
  override readonly name = "SnoozeError";
  readonly delayMs: number;

  constructor(delayMs: number, reason = "snoozed by its handler") {
    super(reason);
    this.delayMs = checkDelay(delayMs);
  }
}

/**
 * Why an attempt was aborted. `canceled`: someone asked for it. `timeout`: out of its time.
 * `lost`: its lease went to another. `stopping`: the worker ends and its grace is over.
 */
export type AbortCause = "canceled" | "timeout" | "lost" | "stopping";

/** The reason of a handler's signal. Throwing it is the usual end of an aborted handler. */
export class AttemptAbortedError extends Error {
  override readonly name = "AttemptAbortedError";
  readonly why: AbortCause;

  constructor(why: AbortCause, message: string) {
    super(message);
    this.why = why;
  }
}

/** An input that the handler can't be given: the task ends as REJECTED. */
export class InputRejectedError extends Error {
  override readonly name = "InputRejectedError";
  readonly type: string;

  constructor(type: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.type = type;
  }
}

function checkDelay(delayMs: number): number {
  if (Number.isFinite(delayMs) && delayMs >= 0 && delayMs <= MAX_DELAY_MS) return delayMs;
  throw new RangeError(`delayMs must be from 0 to ${MAX_DELAY_MS}, in ms; got ${delayMs}`);
}
