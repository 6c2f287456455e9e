/** The context of an attempt: what its handler asks for is made when it asks. */
import type { Logger } from "pino";
import type { Failure } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { ContextValues } from "../core/context-values.ts";
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import type { Attempt } from "./attempt.ts";
import type { EnqueueChild } from "./child.ts";
import { childEnqueuer } from "./children.ts";
import type { HandlerContext, TaskLogger } from "./context.ts";
import { decodePayload, encodeValue } from "./payload.ts";
import type { Recorder } from "./recorder.ts";
import { taskLogger } from "./task-logger.ts";
import { checkpointOf, progressOf } from "./told.ts";

/** What all contexts of a worker share. */
export interface ContextParts {
  readonly recorder: Recorder;
  readonly logger: Logger;
  /** For `enqueue`. */
  readonly tasks: ServiceCalls<typeof TaskService> | undefined;
  /** Around each `enqueue`. */
  readonly hook?: EnqueueHook | undefined;
}

/**
 * Facts are properties, all else are getters: most handlers ask for little, and a signal, a logger or ten closures
 * cost more than the rest of an attempt. What getters give are functions of their own, so that it can be destructured.
 */
export class AttemptContext implements HandlerContext {
  readonly deadline: Date | undefined;
  readonly taskId: string;
  readonly name: string;
  readonly queue: string;
  readonly attempt: number;
  readonly fencingToken: bigint;
  readonly parentTaskId: string | undefined;
  readonly previousFailure: Failure | undefined;
  readonly outputCount: number;
  readonly #attempt: Attempt;
  readonly #parts: ContextParts;
  #headers: HandlerContext["headers"] | undefined;
  #logger: TaskLogger | undefined;
  #enqueue: EnqueueChild | undefined;
  #values: ContextValues | undefined;

  constructor(attempt: Attempt, parts: ContextParts) {
    const { leased, spec } = attempt;
    this.deadline = attempt.deadline;
    this.taskId = leased.taskId;
    this.name = spec.name;
    this.queue = spec.options?.queue ?? "";
    this.attempt = leased.attempt;
    this.fencingToken = leased.fencingToken;
    this.parentTaskId = spec.parentTaskId === "" ? undefined : spec.parentTaskId;
    this.previousFailure = leased.previousFailure;
    this.outputCount = Number(leased.outputCount);
    this.#attempt = attempt;
    this.#parts = parts;
  }

  /** See {@link isOver}. */
  get over(): boolean {
    return this.#attempt.over;
  }

  get values(): ContextValues {
    return (this.#values ??= new ContextValues());
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get headers(): HandlerContext["headers"] {
    return (this.#headers ??= Object.freeze({ ...this.#attempt.spec.headers }));
  }

  get logger(): TaskLogger {
    const { recorder, logger } = this.#parts;
    return (this.#logger ??= taskLogger(this.#attempt, recorder, logger));
  }

  get progress(): HandlerContext["progress"] {
    return (completed, total = 0, message = "") =>
      this.#parts.recorder.progress(this.#attempt, progressOf(completed, total, message));
  }

  get output(): HandlerContext["output"] {
    return (value) => {
      const kept = this.#parts.recorder.output(this.#attempt, encodeValue(value));
      // The attempt's outcome tells of it too: where nobody awaits, it must not end the process.
      kept.catch(() => undefined);
      return kept;
    };
  }

  get checkpoint(): HandlerContext["checkpoint"] {
    return <T>() => readCheckpoint(this.#attempt) as T | undefined;
  }

  get saveCheckpoint(): HandlerContext["saveCheckpoint"] {
    return (value) => this.#attempt.saveCheckpoint(checkpointOf(value));
  }

  get enqueue(): HandlerContext["enqueue"] {
    return (this.#enqueue ??= childEnqueuer(this.#attempt, this.#parts));
  }

  get throwIfCanceled(): HandlerContext["throwIfCanceled"] {
    return () => this.#attempt.signal.throwIfAborted();
  }
}

/**
 * Whether the outcome of the context's attempt is decided: its time is up, its lease lost or its task given back. What
 * its handler still does no longer counts.
 */
export function isOver(context: HandlerContext): boolean {
  return context instanceof AttemptContext && context.over;
}

function readCheckpoint(attempt: Attempt): unknown {
  const payload = attempt.checkpoint ?? attempt.leased.checkpoint;
  return payload === undefined ? undefined : decodePayload(payload);
}
