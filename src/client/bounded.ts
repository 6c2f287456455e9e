/** How long a caller waits for the acknowledgement of an enqueue. */
import { QTasksError } from "../core/errors.ts";

export interface Bound {
  readonly taskId: string;
  /** How long, in ms; unset: no limit of the caller's own. */
  readonly ms?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Longest delay of a timer; it is over 24 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * What the sending comes to; SERVER_UNREACHABLE once the time is over and CALL_CANCELED on abort. The sending goes on,
 * as others may share it: the task may be stored all the same, under its id.
 */
export function bounded<T>(
  sending: Promise<T>,
  { taskId, ms = Infinity, signal }: Bound,
): Promise<T> {
  if (signal === undefined && ms > MAX_TIMER_MS) return sending;
  return new Promise((resolve, reject) => {
    const end = (error: QTasksError): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      reject(error);
    };
    const abort = (): void => end(canceled(taskId));
    const timer = ms > MAX_TIMER_MS ? undefined : setTimeout(() => end(unanswered(taskId, ms)), ms);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    sending.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
  });
}

function unanswered(taskId: string, ms: number): QTasksError {
  return new QTasksError(
    "SERVER_UNREACHABLE",
    `no server has acknowledged the task ${taskId} within ${ms} ms; it may be stored all the same: repeat with this id`,
    { metadata: { task_id: taskId } },
  );
}

function canceled(taskId: string): QTasksError {
  return new QTasksError(
    "CALL_CANCELED",
    `the enqueue of the task ${taskId} was canceled by its caller; it may be stored all the same`,
    { metadata: { task_id: taskId } },
  );
}
