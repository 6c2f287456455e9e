/** Repeats what may be repeated while no server answers, as when one restarts. */
import { QTasksError } from "../core/errors.ts";

/** How long to go on, and what ends it early. */
export interface Patience {
  /** Time without any answer after which the error is thrown, in ms. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each failure that a repeat follows, and with nothing of the answer after. */
  readonly onFault?: ((fault: QTasksError | undefined) => void) | undefined;
}

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

/** Waits between repeats: growing, with jitter, so that clients of a restarted server don't come at once. */
export class Backoff {
  #delayMs = FIRST_DELAY_MS;

  /** An answer came: the next wait is short again. */
  reset(): void {
    this.#delayMs = FIRST_DELAY_MS;
  }

  /** Waits, at least as long as the server asked for, at most as long as there is time. Rejects with CALL_CANCELED on abort. */
  async wait(signal?: AbortSignal, atLeastMs = 0, atMostMs = Infinity): Promise<void> {
    const ms = Math.min(atMostMs, Math.max(atLeastMs, this.#delayMs * (0.5 + Math.random())));
    this.#delayMs = Math.min(MAX_DELAY_MS, this.#delayMs * 2);
    await pause(ms, signal);
  }
}

/** The call's answer; it is made again on UNAVAILABLE until the patience ends. */
export async function withPatience<T>(patience: Patience, call: () => Promise<T>): Promise<T> {
  const backoff = new Backoff();
  const giveUpAt = performance.now() + patience.patienceMs;
  for (;;) {
    try {
      const answer = await call();
      patience.onFault?.(undefined);
      return answer;
    } catch (thrown) {
      const error = QTasksError.from(thrown);
      const leftMs = giveUpAt - performance.now();
      if (error.code !== "UNAVAILABLE" || leftMs <= 0) throw error;
      patience.onFault?.(error);
      await backoff.wait(patience.signal, error.retryAfterMs, leftMs);
    }
  }
}

/** It ended though nobody here asked for that, as a proxy cuts calls: it says nothing of what was sent or awaited. */
export function isCut({ reason }: QTasksError, signal: AbortSignal | undefined): boolean {
  return (reason === "STILL_RUNNING" || reason === "CALL_CANCELED") && signal?.aborted !== true;
}

/** Waits `ms`. Rejects with CALL_CANCELED on abort. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(canceled(signal.reason));
    const abort = (): void => {
      clearTimeout(timer);
      reject(canceled(signal?.reason));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

function canceled(cause: unknown): QTasksError {
  return new QTasksError("CALL_CANCELED", "the wait was canceled by its caller", { cause });
}
