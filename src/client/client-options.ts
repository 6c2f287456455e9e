/** What a client is made with. */
import type { EnqueueHook } from "../core/enqueue-hook.ts";
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import type { ParkedCalls } from "./awaiter.ts";

export interface TaskClientOptions {
  /** Deadline of a call that does not wait for tasks, in ms. @default 30000 */
  readonly timeoutMs?: number;
  /**
   * How long enqueues, awaits and watches go on trying while no server answers, in ms. They are safe
   * to repeat. @default 30000
   */
  readonly patienceMs?: number;
  /** Awaits under way at once, each of them a long poll. @default what one HTTP/2 connection carries */
  readonly parkedCalls?: ParkedCalls;
  /** Around each enqueue and run, in the caller's own context. @default none */
  readonly hook?: EnqueueHook | undefined;
  /** Where the server is; named in errors. */
  readonly address?: string | undefined;
  /** Runs once at `TaskClient.close`. */
  readonly onClose?: () => void;
}

/** The deadline of a call; none where no timer can wait for so long, as it would be over at once. */
export function deadlineOf(timeoutMs: number): number | undefined {
  return timeoutMs > MAX_TIMER_MS ? undefined : timeoutMs;
}

/** Of `timeoutMs`. */
export const DEFAULT_TIMEOUT_MS = 30_000;
/** Of `patienceMs`. */
export const DEFAULT_PATIENCE_MS = 30_000;
