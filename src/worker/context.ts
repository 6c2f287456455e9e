/** What a handler knows of its attempt and can do in it. */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { ProgressSchema, type Failure } from "../../gen/qtasksapi/v1/task_pb.ts";
import { DEFAULT_LIMITS } from "../core/limits.ts";
import { clip } from "../core/failure.ts";
import type { Attempt } from "./attempt.ts";
import type { ChildEnqueuer, ChildOptions, ChildTask } from "./children.ts";
import { decodePayload, encodeValue, payloadBytes } from "./payload.ts";
import type { Recorder } from "./recorder.ts";
import { taskLogger, type TaskLogger } from "./task-logger.ts";

/** Handed to every handler; its functions may be taken apart from it. */
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
  /** Logs for people: kept with the task and sent to the worker's logger. */
  readonly logger: TaskLogger;

  /** Shows how far it is; the latest counts, sent at most ten times a second. `total` 0: unknown. */
  readonly progress: (completed: number, total?: number, message?: string) => void;
  /** Adds an output. Await it: it waits when the server can't keep up. */
  readonly output: (value: unknown) => Promise<void>;
  /** What an earlier attempt saved, or this one; undefined where nothing was. */
  readonly checkpoint: <T = unknown>() => T | undefined;
  /** Leaves a value, at most 64 KiB of JSON, to the next attempt. Sent with the next heartbeat, and with the outcome. */
  readonly saveCheckpoint: (value: unknown) => void;
  /** Enqueues a task with this one as its parent; see {@link ChildOptions.taskId} for what a retry does. */
  readonly enqueue: (name: string, input?: unknown, options?: ChildOptions) => Promise<ChildTask>;
  /** Throws the signal's reason when it has aborted. */
  readonly throwIfCanceled: () => void;
}

export interface ContextParts {
  readonly recorder: Recorder;
  readonly logger: Logger;
  readonly enqueue: ChildEnqueuer;
}

/** The context of one attempt. A plain object of closures, so that it can be destructured. */
export function createContext(attempt: Attempt, parts: ContextParts): HandlerContext {
  const { leased, spec } = attempt;
  const { recorder } = parts;
  return {
    signal: attempt.signal,
    deadline: attempt.deadline,
    taskId: leased.taskId,
    name: spec.name,
    queue: spec.options?.queue ?? "",
    attempt: leased.attempt,
    fencingToken: leased.fencingToken,
    headers: Object.freeze({ ...spec.headers }),
    parentTaskId: spec.parentTaskId === "" ? undefined : spec.parentTaskId,
    previousFailure: leased.previousFailure,
    outputCount: Number(leased.outputCount),
    logger: taskLogger(attempt, recorder, parts.logger),
    progress: (completed, total = 0, message = "") =>
      recorder.progress(attempt, progressOf(completed, total, message)),
    output: async (value) => recorder.output(attempt, encodeValue(value)),
    checkpoint: <T>() => readCheckpoint(attempt) as T | undefined,
    saveCheckpoint: (value) => saveCheckpoint(attempt, value),
    enqueue: async (name, input, options) => parts.enqueue(name, input, options),
    throwIfCanceled: () => attempt.signal.throwIfAborted(),
  };
}

/** What the server takes as the message of a progress, in characters. */
const MAX_PROGRESS_BYTES = 1_000;

function progressOf(completed: number, total: number, message: string) {
  for (const value of [completed, total])
    if (!Number.isFinite(value) || value < 0)
      throw new RangeError(`progress counts must be 0 or more; got ${value}`);
  return create(ProgressSchema, { completed, total, message: clip(message, MAX_PROGRESS_BYTES) });
}

function readCheckpoint(attempt: Attempt): unknown {
  const payload = attempt.checkpoint ?? attempt.leased.checkpoint;
  return payload === undefined ? undefined : decodePayload(payload);
}

function saveCheckpoint(attempt: Attempt, value: unknown): void {
  const payload = encodeValue(value);
  const [bytes, limit] = [payloadBytes(payload), DEFAULT_LIMITS.maxCheckpointBytes];
  if (bytes > limit)
    throw new RangeError(`a checkpoint is at most ${limit} bytes; this one has ${bytes}`);
  attempt.saveCheckpoint(payload);
}
