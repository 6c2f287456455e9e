/** A run with nothing to be gathered with: enqueue and await are one call, which saves a round trip. */
import type { Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest, TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import type { Coalescer } from "../core/coalescer.ts";
import { toDuration } from "../core/duration.ts";
import { QTasksError, type FieldViolation } from "../core/errors.ts";
import type { Enqueued } from "./enqueuer.ts";
import { isCut, withPatience, type Patience } from "./patience.ts";
import type { RunOptions } from "./requests.ts";

/** Longest wait of the call, in ms; what runs longer is awaited like any other. */
const MAX_WAIT_MS = 20_000;
/** The answer comes this long after the wait at the latest. */
const ANSWER_MARGIN_MS = 10_000;
/** Where the request lies in RunTaskRequest. */
const PREFIX = "enqueue.";

export interface LoneRun {
  readonly taskId: string;
  /** Set where the task ended within the wait. */
  readonly ended: Task | undefined;
}

/** Runs one task at a time; whoever finds it busy gathers enqueues and awaits instead. */
export class LoneRunner {
  readonly #calls: ServiceCalls<typeof TaskService>;
  /** For runs whose call was cut short. */
  readonly #enqueuer: Coalescer<EnqueueTaskRequest, Enqueued>;
  readonly #patience: Patience & { readonly signal: AbortSignal };
  #busy = false;

  constructor(
    calls: ServiceCalls<typeof TaskService>,
    enqueuer: Coalescer<EnqueueTaskRequest, Enqueued>,
    patience: Patience & { readonly signal: AbortSignal },
  ) {
    this.#calls = calls;
    this.#enqueuer = enqueuer;
    this.#patience = patience;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** The request has a task id, so that the call may be repeated. */
  async run(enqueue: EnqueueTaskRequest, options: RunOptions): Promise<LoneRun> {
    const waitMs = Math.max(0, Math.min(MAX_WAIT_MS, options.timeoutMs ?? Infinity));
    const { timeoutMs = Infinity, patienceMs = this.#patience.patienceMs } = options;
    const patience = { ...this.#patience, patienceMs: Math.min(patienceMs, timeoutMs) };
    const own = this.#patience.signal;
    const signal = options.signal === undefined ? own : AbortSignal.any([own, options.signal]);
    this.#busy = true;
    try {
      const answer = await withPatience({ ...patience, signal }, () =>
        this.#calls.runTask(
          { enqueue, wait: toDuration(Math.ceil(waitMs)) },
          { timeoutMs: waitMs + ANSWER_MARGIN_MS, signal },
        ),
      );
      const task = answer.task!;
      return { taskId: task.taskId, ended: answer.done ? task : undefined };
    } catch (thrown) {
      const error = QTasksError.from(thrown);
      if (!isCut(error, signal)) throw asOfEnqueue(error, enqueue.taskId);
      // The server answers before the call's deadline: a proxy cut the call, which says nothing about the task.
      const { taskId } = await this.#enqueuer.add(enqueue);
      return { taskId, ended: undefined };
    } finally {
      this.#busy = false;
    }
  }
}

/** With fields as a caller of `enqueue` knows them, and the id: the task may be stored although no answer came. */
function asOfEnqueue(error: QTasksError, taskId: string): QTasksError {
  const { reason, retryAfterMs } = error;
  if (error.code !== "UNAVAILABLE" && !error.fields.some(isOfEnqueue)) return error;
  const fields = error.fields.map(({ field, description }) => ({
    field: field.replace(PREFIX, ""),
    description,
  }));
  const message = error.message.replaceAll(PREFIX, "");
  const metadata = { task_id: taskId, ...error.metadata };
  const waiting = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new QTasksError(reason, message, { metadata, fields, ...waiting, cause: error });
}

function isOfEnqueue({ field }: FieldViolation): boolean {
  return field.startsWith(PREFIX);
}
