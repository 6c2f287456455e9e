/** One attempt in this worker, from its arrival to the server's word that it is over. */
import { create } from "@bufbuild/protobuf";
import {
  FailureKind,
  TaskSpecSchema,
  type Payload,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  ReleaseSchema,
  type LeasedTask,
  type Outcome,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { bufferOf } from "../core/bytes.ts";
import { systemClock, type Timer, type TimerClock } from "../core/clock.ts";
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import { durationMs, toDuration } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { clip } from "../core/failure.ts";
import { AttemptAbortedError } from "./errors.ts";
import { EventBuffer } from "./event-buffer.ts";
import { workerFailure } from "./failure.ts";

/** How an attempt ends: the kind of its outcome. */
export type Ending = Exclude<Outcome["kind"], { case: undefined }>;

/** Told once how an attempt ends: with an outcome, or with nothing when its lease is lost. */
export type OnEnd = (attempt: Attempt, ending: Ending | undefined) => void;

/** What the server takes as the reason of a release. */
const MAX_REASON_BYTES = 1_000;

/** The name of a lease in this process. */
export function leaseKey(token: Uint8Array): string {
  // A character for each byte: of all encodings the cheapest.
  return bufferOf(token).toString("latin1");
}

/** What log lines say of which attempt they are about. */
export function factsOf({ leased, spec }: Attempt): Readonly<Record<string, unknown>> {
  return { taskId: leased.taskId, task: spec.name, attempt: leased.attempt };
}

/** An ending that gives the task back, uncounted. */
export function release(reason: string, delayMs = 0): Ending {
  const delay = delayMs > 0 ? toDuration(delayMs) : undefined;
  return {
    case: "release",
    value: create(ReleaseSchema, { reason: clip(reason, MAX_REASON_BYTES), delay }),
  };
}

/**
 * How it ends is decided once, by whatever comes first: its handler's end, its time, the loss of its lease, or its
 * worker giving up. A handler may go on after that; what comes of it no longer counts.
 */
export class Attempt {
  readonly leased: LeasedTask;
  readonly spec: TaskSpec;
  readonly key: string;
  /** When its time is up, by the worker's clock. */
  readonly deadline: Date | undefined;
  readonly #onEnd: OnEnd;
  readonly #clock: TimerClock;
  // Made on demand: few handlers have events or look at their signal, and fewer wait for what ends with the attempt.
  #events: EventBuffer | undefined;
  #controller: AbortController | undefined;
  #aborted: AttemptAbortedError | undefined;
  #ended: AbortController | undefined;
  #over = false;
  #settled = false;
  #timer: Timer | undefined;
  #checkpoint: Payload | undefined;
  #checkpointKnown: Payload | undefined;

  constructor(leased: LeasedTask, onEnd: OnEnd, clock: TimerClock = systemClock) {
    this.leased = leased;
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.spec = leased.spec ?? create(TaskSpecSchema);
    this.key = leaseKey(leased.leaseToken);
    const ttlMs = leased.attemptTtl === undefined ? undefined : durationMs(leased.attemptTtl);
    this.deadline = ttlMs === undefined ? undefined : new Date(clock.now() + ttlMs);
    // A later deadline is left to the server, which then takes the lease.
    if (ttlMs !== undefined && ttlMs <= MAX_TIMER_MS)
      this.#timer = clock.setTimer(() => this.#timeOut(ttlMs), ttlMs);
  }

  /** What is to be recorded of it before its outcome. */
  get events(): EventBuffer {
    return (this.#events ??= new EventBuffer());
  }

  /** The same, or undefined while there was nothing to record. */
  get eventsIfAny(): EventBuffer | undefined {
    return this.#events;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted);
    return this.#controller.signal;
  }

  /** Why the handler was told to stop, if it was. */
  get aborted(): AttemptAbortedError | undefined {
    return this.#aborted;
  }

  /** Its outcome is decided: nothing that the handler still does counts. */
  get over(): boolean {
    return this.#over;
  }

  /** Its handler has ended, or is never run. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Aborts when the attempt is {@link over}. */
  get ended(): AbortSignal {
    this.#ended ??= new AbortController();
    if (this.#over) this.#abortEnded();
    return this.#ended.signal;
  }

  /** The latest checkpoint of this attempt; goes with its outcome. */
  get checkpoint(): Payload | undefined {
    return this.#checkpoint;
  }

  /** The latest checkpoint where the server does not have it yet. */
  get newCheckpoint(): Payload | undefined {
    return this.#checkpoint === this.#checkpointKnown ? undefined : this.#checkpoint;
  }

  saveCheckpoint(checkpoint: Payload): void {
    this.#checkpoint = checkpoint;
  }

  /** The server has taken this checkpoint. */
  confirmCheckpoint(checkpoint: Payload): void {
    this.#checkpointKnown = checkpoint;
  }

  /** Tells the handler that its task is being canceled; how it ends is up to it. */
  cancel(reason: string): void {
    this.#abort(new AttemptAbortedError("canceled", reason || "the task was canceled"));
  }

  /** The lease is gone: the handler is told to stop, and nothing is reported. */
  lose(): void {
    this.#abort(new AttemptAbortedError("lost", "the lease of this attempt was lost"));
    this.events.close();
    this.#end(undefined);
  }

  /** Tells the handler that its worker ends; {@link giveUp} decides for those that don't listen. */
  stop(): void {
    this.#abort(new AttemptAbortedError("stopping", "the worker is stopping"));
  }

  /** Gives the task back, whatever its handler does. */
  giveUp(): void {
    this.#end(release("the worker is stopping"));
  }

  /** Its handler has ended like this, or is not run for this reason. */
  settle(ending: Ending): void {
    this.#settled = true;
    this.#end(ending);
  }

  /** Its outcome is decided. */
  finish(): void {
    this.#clock.clearTimer(this.#timer);
    this.#over = true;
    this.#abortEnded();
  }

  #end(ending: Ending | undefined): void {
    if (this.#over) return;
    this.finish();
    this.#onEnd(this, ending);
  }

  #abortEnded(): void {
    this.#ended?.abort(this.aborted ?? new QTasksError("CALL_CANCELED", "the attempt is over"));
  }

  #timeOut(ttlMs: number): void {
    const message = timeoutMessage(this.spec, ttlMs);
    this.#abort(new AttemptAbortedError("timeout", message));
    const failure = workerFailure("qtasks.AttemptTimeout", message, FailureKind.ATTEMPT_TIMEOUT);
    failure.nonRetryable = false;
    this.#end({ case: "failure", value: failure });
  }

  #abort(reason: AttemptAbortedError): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }
}

/** Names the limit that was set: of the total one less was left when the attempt began. */
function timeoutMessage({ options }: TaskSpec, ttlMs: number): string {
  const { attemptTimeout, totalTimeout } = options ?? {};
  const limitMs = attemptTimeout === undefined ? Infinity : durationMs(attemptTimeout);
  if (totalTimeout !== undefined && ttlMs < limitMs)
    return `the task took longer than its ${durationMs(totalTimeout)} ms in all`;
  return `the attempt took longer than its ${limitMs === Infinity ? ttlMs : limitMs} ms`;
}
