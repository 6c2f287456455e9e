/** What a worker tells those who asked for it. */
import type { EnqueueHook } from "../core/enqueue-hook.ts";

/** An attempt that begins. */
export interface AttemptStarted {
  readonly taskId: string;
  readonly task: string;
  readonly queue: string;
  readonly attempt: number;
}

/** How an attempt ended here; `lost`: its lease went to another, and nothing is reported. */
export type AttemptResult = "success" | "failure" | "canceled" | "release" | "lost";

/** An attempt that is over, whether or not its handler has returned. */
export interface AttemptEnded extends AttemptStarted {
  readonly result: AttemptResult;
  /** From its arrival, in ms. */
  readonly durationMs: number;
}

/** A worker at its start or end. */
export interface WorkerEvent {
  /** Its name, for people. */
  readonly workerId: string;
}

/** Those of attempts are called as it happens, on the way of all tasks: they must be quick and must not throw. */
export interface WorkerHooks {
  /** Before the worker takes tasks; may be waited for, and refuses the start by what it throws. */
  readonly starting?: ((event: WorkerEvent) => void | Promise<void>) | undefined;
  /** The worker has ended, also when its start failed; is waited for and must not throw. */
  readonly stopped?: ((event: WorkerEvent) => void | Promise<void>) | undefined;
  readonly attemptStarted?: ((event: AttemptStarted) => void) | undefined;
  readonly attemptEnded?: ((event: AttemptEnded) => void) | undefined;
  /** Around the enqueues of handlers. */
  readonly enqueue?: EnqueueHook | undefined;
}
