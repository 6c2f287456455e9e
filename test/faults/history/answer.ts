/** What servers answered, as the history notes it. Times in epoch ms by the server's clock. */

/** The parts that the method has; the others stay away. */
export interface Answer {
  /** Of enqueue and run: one per task, in order. */
  readonly enqueued?: readonly EnqueuedAnswer[];
  /** Tasks as they were told: by reads, awaits, runs, cancel, retry, reschedule, watches. */
  readonly tasks?: readonly TaskSight[];
  /** Ids that no task has, by BatchGetTasks and BatchAwaitTasks. */
  readonly missing?: readonly string[];
  /** Of AwaitTask and RunTask. */
  readonly done?: boolean;
  /** Of poll. */
  readonly leases?: readonly LeaseHandedOut[];
  /** Of poll, heartbeat and recordEvents. */
  readonly statuses?: readonly LeaseWord[];
  /** Of report: one per outcome, in order. */
  readonly verdicts?: readonly Verdict[];
}

export interface EnqueuedAnswer {
  /** The task that the answer names: another one where a unique key found it. Empty with an error. */
  readonly taskId: string;
  readonly created: boolean;
  /** Reason of an ItemError: UNIQUE_KEY_HELD, … */
  readonly error?: string;
}

/** States of a task by their short names. */
export type StateName =
  | "SCHEDULED"
  | "PENDING"
  | "RUNNING"
  | "RETRYING"
  | "CANCELING"
  | "SUCCEEDED"
  | "FAILED"
  | "CANCELED"
  | "EXPIRED";

/** States of an attempt by their short names. */
export type AttemptStateName =
  "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELED" | "RELEASED" | "LOST" | "TIMED_OUT";

/** A task as somebody saw it; `taskSight` in `messages.ts` makes it from a Task. */
export interface TaskSight {
  readonly taskId: string;
  readonly state: StateName;
  readonly revision: number;
  /** Task.manual_retry_count: counts the lives of the task. */
  readonly retries: number;
  readonly createdAt: number;
  readonly scheduledAt: number;
  readonly endedAt?: number;
  /** `resultText` of the result, where the view has it. */
  readonly result?: string;
  /** With the FULL view. */
  readonly attempts?: readonly AttemptSight[];
}

export interface AttemptSight {
  readonly number: number;
  readonly state: AttemptStateName;
  readonly fencing: number;
  readonly startedAt: number;
  readonly endedAt?: number;
}

export interface LeaseHandedOut {
  readonly taskId: string;
  readonly token: string;
  readonly attempt: number;
  readonly fencing: number;
  readonly leaseTtlMs: number;
}

export interface LeaseWord {
  readonly taskId: string;
  readonly token: string;
  readonly verdict: "HELD" | "CANCEL_REQUESTED" | "LOST";
  readonly leaseTtlMs?: number;
}

export interface Verdict {
  readonly verdict: "RECORDED" | "STALE" | "REFUSED";
  /** State of the task after the report. */
  readonly state?: StateName;
}
