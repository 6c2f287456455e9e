/** What is asked of a server, as the history notes it. Durations and times in ms. */

export type Call =
  | EnqueueCall
  | ReadCall
  | AwaitCall
  | ControlCall
  | MatchingCall
  | PollCall
  | LeaseCall
  | ReportCall
  | SessionCall;

/** EnqueueTask, BatchEnqueueTasks; RunTask, which waits too. */
export interface EnqueueCall {
  readonly op: "enqueue" | "run";
  readonly tasks: readonly EnqueuedTask[];
  /** Of a run. */
  readonly waitMs?: number;
}

export interface EnqueuedTask {
  /** As the client chose it; empty: the server makes one, and the answer tells it. */
  readonly taskId: string;
  readonly name: string;
  /** @default "default" */
  readonly queue?: string;
  /** @default 0 */
  readonly priority?: number;
  /** By the server's clock. */
  readonly delayMs?: number;
  /** Epoch ms. */
  readonly scheduleAt?: number;
  readonly uniqueKey?: string;
  /** Unset: held until the task ends. */
  readonly uniqueWindowMs?: number;
  /** REPLACE_PENDING: the holder may be replaced within its window. */
  readonly replaces?: boolean;
  readonly retentionMs?: number;
}

/** Reads. `readOut` is the harness's last word on every task, with attempts, after the run was driven to its end. */
export interface ReadCall {
  readonly op: "get" | "list" | "watch" | "readOut";
  /** Empty for lists and watches by filter. */
  readonly taskIds: readonly string[];
}

/** AwaitTask, BatchAwaitTasks. */
export interface AwaitCall {
  readonly op: "await";
  readonly taskIds: readonly string[];
  /** What the server was asked to wait. */
  readonly waitMs: number;
  /** Of a batch. @default 1 */
  readonly minCount?: number;
  /** AwaitTask.after_revision: then an answer that is not terminal is no miss. */
  readonly afterRevision?: number;
}

export interface ControlCall {
  readonly op: "cancel" | "retry" | "reschedule" | "delete";
  readonly taskId: string;
}

/** Bulk by filter: it may touch any task. */
export interface MatchingCall {
  readonly op: "cancelMatching" | "retryMatching";
}

export interface PollCall {
  readonly op: "poll";
  readonly session: string;
  readonly max: number;
  readonly waitMs?: number;
}

/** One attempt as its worker knows it. */
export interface LeaseName {
  readonly taskId: string;
  /** The lease token as text; see `tokenText` in `messages.ts`. */
  readonly token: string;
}

/** Heartbeat with its renewals; RecordEvents renews too. */
export interface LeaseCall {
  readonly op: "heartbeat" | "recordEvents";
  readonly session: string;
  readonly leases: readonly LeaseName[];
}

export interface ReportCall {
  readonly op: "report";
  readonly session: string;
  readonly outcomes: readonly ReportedOutcome[];
}

export interface ReportedOutcome extends LeaseName {
  readonly kind: "success" | "failure" | "canceled" | "release";
  /** Of a success: `resultText` in `messages.ts`. */
  readonly result?: string;
  /** Asked for by a release or a failure: the next attempt starts no earlier. */
  readonly delayMs?: number;
}

export interface SessionCall {
  readonly op: "register" | "unregister";
  readonly session: string;
}
