/** What a handler knows of its attempt and can do in it. */
import type { Failure } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { ContextValues } from "../core/context-values.ts";
import type { EnqueueChild } from "./child.ts";

/** Facts of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line. Both orders of arguments are taken: a pino user writes the fields first. */
export interface LogLine {
  (message: string, fields?: LogFields): void;
  (fields: LogFields, message: string): void;
}

/** Writes lines that go to the worker's log and are kept with the task. */
export interface TaskLogger {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/**
 * Handed to every handler. What it has may be taken from it by name, as in `{ signal, progress }`; a spread copies
 * plain facts alone.
 */
export interface HandlerContext {
  /** Aborts with an AttemptAbortedError when the handler should stop: canceled, timeout, lost, stopping. */
  readonly signal: AbortSignal;
  /** When the attempt's time is up, by this machine's clock; unset: no limit. */
  readonly deadline: Date | undefined;
  readonly taskId: string;
  /** The task's name. */
  readonly name: string;
  readonly queue: string;
  /** Number of this attempt, from 1; attempts that were lost or released have theirs too. */
  readonly attempt: number;
  /** Grows with each attempt of the task: stores that remember the highest can refuse a late writer. */
  readonly fencingToken: bigint;
  readonly headers: Readonly<Record<string, string>>;
  readonly parentTaskId: string | undefined;
  /** Why the attempt before this one failed. */
  readonly previousFailure: Failure | undefined;
  /** Outputs that earlier attempts left. */
  readonly outputCount: number;
  /** What middlewares hand on, by key. */
  readonly values: ContextValues;
  /** Logs for people: kept with the task and sent to the worker's logger. */
  readonly logger: TaskLogger;

  /** Shows how far it is; the latest counts, sent at most ten times a second. `total` 0: unknown. */
  readonly progress: (completed: number, total?: number, message?: string) => void;
  /** Adds an output. Await it: it waits when the server can't keep up. Throws where the value is no JSON. */
  readonly output: (value: unknown) => Promise<void>;
  /** What an earlier attempt saved, or this one; undefined where nothing was. */
  readonly checkpoint: <T = unknown>() => T | undefined;
  /** Leaves a value, at most 64 KiB of JSON, to the next attempt. Sent with the next heartbeat, and with the outcome. */
  readonly saveCheckpoint: (value: unknown) => void;
  /** Enqueues a task with this one as its parent; see `taskId` of ChildOptions for what a retry does. */
  readonly enqueue: EnqueueChild;
  /** Throws the signal's reason when it has aborted. */
  readonly throwIfCanceled: () => void;
}
