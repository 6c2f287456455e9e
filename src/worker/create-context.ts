/** Makes the context of an attempt. */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { ProgressSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import { DEFAULT_LIMITS } from "../core/limits.ts";
import { clip } from "../core/failure.ts";
import type { Attempt } from "./attempt.ts";
import type { ChildEnqueuer } from "./children.ts";
import type { HandlerContext, TaskLogger } from "./context.ts";
import { payloadBytes } from "../core/payload.ts";
import { decodePayload, encodeValue } from "./payload.ts";
import type { Recorder } from "./recorder.ts";
import { taskLogger } from "./task-logger.ts";

export interface ContextParts {
  readonly recorder: Recorder;
  readonly logger: Logger;
  readonly enqueue: ChildEnqueuer;
}

/** The context of one attempt. A plain object of closures, so that it can be destructured. */
export function createContext(attempt: Attempt, parts: ContextParts): HandlerContext {
  const { leased, spec } = attempt;
  const { recorder } = parts;
  let logger: TaskLogger | undefined;
  return {
    // Getters, as most handlers ask for neither: a signal and a logger cost more than all the rest.
    get signal() {
      return attempt.signal;
    },
    get logger() {
      return (logger ??= taskLogger(attempt, recorder, parts.logger));
    },
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
