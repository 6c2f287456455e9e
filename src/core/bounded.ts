/** How long a caller waits for the acknowledgement of an enqueue. */
import { MAX_TIMER_MS } from "./max-timer.ts";
import { QTasksError } from "./errors.ts";

export interface Bound {
  /** Unset where it is not known: named in errors. */
  readonly taskId?: string | undefined;
  /** How long, in ms; unset: no limit of the caller's own. */
  readonly ms?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the error once the time is over. */
  readonly server?: ServerSeen | undefined;
}

/** What is known of the server that is called. */
export interface ServerSeen {
  readonly address?: string | undefined;
  /** Why the call failed that is being repeated. */
  fault?: QTasksError | undefined;
}

/**
 * What the sending comes to; once the time is over SERVER_UNREACHABLE, or the fault where a server did answer, and
 * CALL_CANCELED on abort. The sending goes on, as others may share it: the task may be stored all the same, under its
 * id.
 */
export function bounded<T>(sending: Promise<T>, bound: Bound): Promise<T> {
  const { ms = Infinity, signal } = bound;
  if (signal === undefined && ms > MAX_TIMER_MS) return sending;
  return new Promise((resolve, reject) => {
    const end = (error: QTasksError): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      reject(error);
    };
    const abort = (): void => end(canceled(bound));
    const timer = ms > MAX_TIMER_MS ? undefined : setTimeout(() => end(unanswered(bound)), ms);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted === true) abort();
    sending.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    });
  });
}

function unanswered({ taskId, ms, server = {} }: Bound): QTasksError {
  const { address, fault: cause } = server;
  if (cause !== undefined && cause.code !== "UNAVAILABLE") return cause;
  const where = address === undefined || cause !== undefined ? "" : ` at ${address}`;
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new QTasksError(
    "SERVER_UNREACHABLE",
    `no server${where} has acknowledged ${theTask(taskId)} within ${ms} ms${why}; it may be stored all the same: repeat with this id`,
    {
      metadata: {
        ...(address === undefined ? {} : { address }),
        ...cause?.metadata,
        ...idOf(taskId),
      },
      cause,
    },
  );
}

function canceled({ taskId }: Bound): QTasksError {
  return new QTasksError(
    "CALL_CANCELED",
    `the enqueue of ${theTask(taskId)} was canceled by its caller; it may be stored all the same`,
    { metadata: idOf(taskId) },
  );
}

function theTask(taskId: string | undefined): string {
  return taskId === undefined ? "a task" : `the task ${taskId}`;
}

function idOf(taskId: string | undefined): Readonly<Record<string, string>> {
  return taskId === undefined ? {} : { task_id: taskId };
}
