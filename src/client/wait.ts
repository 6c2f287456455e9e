/** All those in this process who wait for one task. */
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import type { Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../core/errors.ts";

export interface WaitOptions {
  /** How long to wait, in ms; what is over then is the waiting, never the task. Unset: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the waiting with CALL_CANCELED. */
  readonly signal?: AbortSignal | undefined;
}

interface Waiter {
  readonly untilAt: number;
  settle(finish: (waiter: PromiseWithResolvers<Task>) => void): void;
}

/** One awaited task. Ends for all at once by resolve or reject, or for each by its own timeout. */
export class Wait {
  readonly taskId: string;
  readonly #waiters = new Set<Waiter>();

  constructor(taskId: string) {
    this.taskId = taskId;
  }

  /**
   * Someone waits who has time left. One whose timer is only late must not be asked for: an answer within the process
   * comes before any timer, and so would the next.
   */
  get isWanted(): boolean {
    return this.remainingMs() > 0;
  }

  /** Until the last waiter's timeout, in ms. */
  remainingMs(): number {
    let untilAt = 0;
    for (const waiter of this.#waiters) untilAt = Math.max(untilAt, waiter.untilAt);
    return Math.max(0, untilAt - performance.now());
  }

  join(options: WaitOptions): Promise<Task> {
    const { timeoutMs = Infinity, signal } = options;
    if (signal?.aborted === true) return Promise.reject(canceled(this.taskId));
    const deferred = Promise.withResolvers<Task>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waiter: Waiter = {
      untilAt: performance.now() + timeoutMs,
      settle: (finish) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        this.#waiters.delete(waiter);
        finish(deferred);
      },
    };
    const fail = (error: QTasksError): void => waiter.settle(({ reject }) => reject(error));
    const abort = (): void => fail(canceled(this.taskId));
    if (timeoutMs <= MAX_TIMER_MS)
      timer = setTimeout(() => fail(stillRunning(this.taskId, timeoutMs)), timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiters.add(waiter);
    return deferred.promise;
  }

  resolve(task: Task): void {
    for (const waiter of this.#waiters) waiter.settle(({ resolve }) => resolve(task));
  }

  reject(error: QTasksError): void {
    for (const waiter of this.#waiters) waiter.settle(({ reject }) => reject(error));
  }
}

/** STILL_RUNNING: the wait is over, the task is not. */
export function stillRunning(taskId: string, timeoutMs: number): QTasksError {
  const message = `task ${taskId} has not ended after ${timeoutMs} ms; it goes on`;
  return new QTasksError("STILL_RUNNING", message, { metadata: { task_id: taskId } });
}

function canceled(taskId: string): QTasksError {
  return new QTasksError("CALL_CANCELED", `the wait for task ${taskId} was canceled`, {
    metadata: { task_id: taskId },
  });
}
