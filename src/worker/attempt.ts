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
import { durationMs, toDuration } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { clip } from "../core/failure.ts";
import { AttemptAbortedError } from "./errors.ts";
import { EventBuffer } from "./event-buffer.ts";
import { workerFailure } from "./failure.ts";

/** How an attempt ends: the kind of its outcome. */
export type Ending = Exclude<Outcome["kind"], { case: undefined }>;

/** Longest that a timer can wait; a later deadline is left to the server, which then takes the lease. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What the server takes as the reason of a release. */
const MAX_REASON_BYTES = 1_000;

/** The name of a lease in this process. */
export function leaseKey(token: Uint8Array): string {
  return Buffer.from(token.buffer, token.byteOffset, token.byteLength).toString("base64");
}

/** An ending that gives the task back, uncounted. */
export function release(reason: string, delayMs = 0): Ending {
  const delay = delayMs > 0 ? toDuration(delayMs) : undefined;
  return {
    case: "release",
    value: create(ReleaseSchema, { reason: clip(reason, MAX_REASON_BYTES), delay }),
  };
}

export class Attempt {
  readonly leased: LeasedTask;
  readonly spec: TaskSpec;
  readonly key: string;
  /** When its time is up, by this machine's clock. */
  readonly deadline: Date | undefined;
  readonly events = new EventBuffer();
  /** Settles when the attempt ends without its handler: with an outcome, or with nothing when the lease is lost. */
  readonly forced: Promise<Ending | undefined>;
  // Both made on demand: few handlers look at their signal, and fewer wait for what ends with the attempt.
  #controller: AbortController | undefined;
  #aborted: AttemptAbortedError | undefined;
  #ended: AbortController | undefined;
  #over = false;
  readonly #force: (ending: Ending | undefined) => void;
  #timer: NodeJS.Timeout | undefined;
  #checkpoint: Payload | undefined;
  #checkpointKnown: Payload | undefined;

  constructor(leased: LeasedTask) {
    this.leased = leased;
    this.spec = leased.spec ?? create(TaskSpecSchema);
    this.key = leaseKey(leased.leaseToken);
    const { promise, resolve } = Promise.withResolvers<Ending | undefined>();
    this.forced = promise;
    this.#force = resolve;
    const ttlMs = leased.attemptTtl === undefined ? undefined : durationMs(leased.attemptTtl);
    this.deadline = ttlMs === undefined ? undefined : new Date(Date.now() + ttlMs);
    if (ttlMs !== undefined && ttlMs <= MAX_TIMER_MS)
      this.#timer = setTimeout(() => this.#timeOut(ttlMs), ttlMs);
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
    this.#force(undefined);
  }

  /** Tells the handler that its worker ends; {@link giveUp} decides for those that don't listen. */
  stop(): void {
    this.#abort(new AttemptAbortedError("stopping", "the worker is stopping"));
  }

  /** Gives the task back, whatever its handler does. */
  giveUp(): void {
    this.#force(release("the worker is stopping"));
  }

  /** Its outcome is decided. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#over = true;
    this.#abortEnded();
  }

  #abortEnded(): void {
    this.#ended?.abort(this.aborted ?? new QTasksError("CALL_CANCELED", "the attempt is over"));
  }

  #timeOut(ttlMs: number): void {
    const message = `the attempt took longer than its ${ttlMs} ms`;
    this.#abort(new AttemptAbortedError("timeout", message));
    const failure = workerFailure("qtasks.AttemptTimeout", message, FailureKind.ATTEMPT_TIMEOUT);
    failure.nonRetryable = false;
    this.#force({ case: "failure", value: failure });
  }

  #abort(reason: AttemptAbortedError): void {
    if (this.#aborted !== undefined) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
  }
}
