/** The sending of one child: what is repeated, and for how long. */
import type { EnqueueTaskResponse, TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { bounded, type ServerSeen } from "../core/bounded.ts";
import type { ServiceCalls } from "../core/calls.ts";
import type { EnqueueCall } from "../core/enqueue-hook.ts";
import type { QTasksError, Reason } from "../core/errors.ts";
import { untilAnswered } from "./backoff.ts";

/** How long what passes by itself may last, in ms; as clients wait for an answer. */
const PATIENCE_MS = 30_000;

/** Refusals of a server that is there, of what may be taken a little later. */
const PASSING: ReadonlySet<Reason> = new Set<Reason>([
  "QUEUE_FULL",
  "RATE_LIMITED",
  "STILL_RUNNING",
  "CALL_CANCELED",
]);

export interface ChildSendingParts {
  readonly tasks: ServiceCalls<typeof TaskService>;
  /** The attempt is over: nothing is sent any more. */
  readonly ended: AbortSignal;
  readonly patienceMs?: number | undefined;
  /** The handler's own. */
  readonly signal?: AbortSignal | undefined;
  /** Told before each repeat. */
  readonly onFailure: (error: QTasksError, failures: number) => void;
}

export class ChildSending {
  readonly #parts: ChildSendingParts;
  readonly #startedAt = performance.now();
  /** Aborts once nobody waits any more; undefined where that is the attempt's end. */
  readonly #left: AbortController | undefined;
  readonly #server: ServerSeen = {};

  constructor(parts: ChildSendingParts) {
    this.#parts = parts;
    if (parts.patienceMs !== undefined || parts.signal !== undefined)
      this.#left = new AbortController();
  }

  /** Sends the request until it is answered or refused. */
  readonly send = ({ request }: EnqueueCall): Promise<EnqueueTaskResponse> =>
    untilAnswered(() => this.#parts.tasks.enqueueTask(request), {
      signal: this.#signal(),
      leftMs: (error) => this.#leftMs(error),
      onFailure: (error, failures) => {
        this.#server.fault = error;
        this.#parts.onFailure(error, failures);
      },
    });

  /** What the sending comes to, within the handler's own patience and until its signal aborts. */
  async within<T>(taskId: string, sending: Promise<T>): Promise<T> {
    const { patienceMs: ms, signal } = this.#parts;
    try {
      return await bounded(sending, { taskId, ms, signal, server: this.#server });
    } finally {
      this.#left?.abort();
    }
  }

  #signal(): AbortSignal {
    const { ended } = this.#parts;
    return this.#left === undefined ? ended : AbortSignal.any([ended, this.#left.signal]);
  }

  /** A server that is away is waited for; what a repeat can't mend is thrown at once. */
  #leftMs({ code, reason }: QTasksError): number {
    const { patienceMs } = this.#parts;
    const isAway = code === "UNAVAILABLE";
    if (!isAway && !PASSING.has(reason)) return 0;
    const wholeMs = patienceMs ?? (isAway ? Infinity : PATIENCE_MS);
    return wholeMs - (performance.now() - this.#startedAt);
  }
}
