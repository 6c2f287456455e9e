/**
 * The record of a task, as every storage keeps it: plain, frozen by convention, fit to be
 * serialised. Payloads stay the bytes that came over the wire.
 */
import { type AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";

/** Times are ms since the epoch by the storage's clock; 0 means unset. */
export interface TaskRecord {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  /** Encoded TaskSpec with the effective options. Never changes. */
  readonly spec: Uint8Array;
  /** Terms that indexes are kept for; see `core/tags.ts`. Never change. */
  readonly tags: readonly string[];
  /** Limit of one attempt in ms; 0: none. Never changes. */
  readonly attemptTimeoutMs: number;
  /** How long the terminal task is kept, in ms. Never changes. */
  readonly retentionMs: number;
  readonly createdAt: number;

  /** As stored. SCHEDULED and RETRYING that are due are read as PENDING: {@link stateAt}. */
  readonly state: TaskState;
  /** Grows by one with each change, save renewals. */
  readonly revision: number;
  /** 32 random bits of the write: tells its repeat from another write that would look the same. */
  readonly stamp: number;
  readonly priority: number;
  /** When it became, or becomes, due. */
  readonly dueAt: number;
  /** Age for the hand-out: the due time, kept when the task comes back through no fault of its own. */
  readonly orderAt: number;
  /** Start of the first attempt since the task was enqueued or retried by hand. */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** Set exactly when terminal. */
  readonly endedAt: number;
  /** Set exactly when terminal: from then on the record may be purged. */
  readonly purgeAt: number;
  /** EXPIRED from then on, where it has not started. */
  readonly pendingDeadlineAt: number;
  /** FAILED from then on. */
  readonly totalDeadlineAt: number;

  /** Leases so far; the number of the current or last attempt, and its fencing token. */
  readonly attempt: number;
  /** Attempts charged to RetryPolicy.max_attempts. */
  readonly charged: number;
  /** Leases charged to RetryPolicy.max_lost_leases. */
  readonly lost: number;
  /** Offers in a row that never arrived at a worker. */
  readonly undelivered: number;
  readonly manualRetries: number;

  /** The lease; meaningful while RUNNING or CANCELING. */
  readonly nonce: string;
  readonly leaseEndAt: number;
  /** A renewal or an in-process start showed that the attempt arrived. */
  readonly delivered: boolean;
  readonly attemptStartedAt: number;
  readonly attemptDeadlineAt: number;
  /** When CANCELING: the lease is revoked from then on. */
  readonly forceAt: number;
  /** Of the current or last attempt. */
  readonly workerId: string;
  readonly sessionId: string;

  /** Sequence of the last event, over all attempts. */
  readonly eventSequence: number;
  /** Events of the current attempt so far. */
  readonly attemptEvents: number;
  /** Outputs of the current attempt so far, dropped repeats included. */
  readonly attemptOutputs: number;
  /** Outputs kept, and their bytes. */
  readonly outputCount: number;
  readonly outputBytes: number;

  readonly cancelReason: string;
  /** Encoded Payload. */
  readonly result?: Uint8Array | undefined;
  /** Encoded Failure. */
  readonly failure?: Uint8Array | undefined;
  /** Encoded Progress. */
  readonly progress?: Uint8Array | undefined;
  /** Encoded Payload. */
  readonly checkpoint?: Uint8Array | undefined;
  /** Ended attempts, oldest first, the newest SystemLimits.max_attempt_history of them. */
  readonly ended: readonly EndedAttempt[];
}

/** An attempt that is over, with what is needed to know a repeated report of it. */
export interface EndedAttempt {
  readonly number: number;
  readonly state: AttemptState;
  readonly nonce: string;
  /** A report of the worker ended it, not the server. */
  readonly reported: boolean;
  /** Encoded Attempt. */
  readonly body: Uint8Array;
}

/** SCHEDULED, PENDING or RETRYING: no attempt holds it. */
export function isWaiting(state: TaskState): boolean {
  return (
    state === TaskState.PENDING || state === TaskState.SCHEDULED || state === TaskState.RETRYING
  );
}

/** RUNNING or CANCELING: an attempt holds a lease. */
export function isLeased(state: TaskState): boolean {
  return state === TaskState.RUNNING || state === TaskState.CANCELING;
}

/** Nothing follows, save RetryTask and the purge. */
export function isTerminal(state: TaskState): boolean {
  return state >= TaskState.SUCCEEDED;
}

/** The state at a time: what waits for a time that is past is PENDING, without any write. */
export function stateAt(record: Pick<TaskRecord, "state" | "dueAt">, now: number): TaskState {
  return isWaiting(record.state) && record.dueAt <= now ? TaskState.PENDING : record.state;
}

/** When a waiting task must end unstarted; 0: never. */
export function waitingDeadlineAt(
  record: Pick<TaskRecord, "startedAt" | "pendingDeadlineAt" | "totalDeadlineAt">,
): number {
  return earliest(record.startedAt === 0 ? record.pendingDeadlineAt : 0, record.totalDeadlineAt);
}

/**
 * When the rescuer must look at the record: end of the lease or of the grace of a cancel while
 * leased, the deadline while waiting; 0: never. Storages keep an index over it.
 */
export function attentionAt(
  record: Pick<TaskRecord, "state" | "leaseEndAt" | "forceAt"> &
    Parameters<typeof waitingDeadlineAt>[0],
): number {
  if (isLeased(record.state)) return earliest(record.leaseEndAt, record.forceAt);
  if (isWaiting(record.state)) return waitingDeadlineAt(record);
  return 0;
}

/** The earlier of two times, where 0 means none. */
export function earliest(a: number, b: number): number {
  if (a === 0) return b;
  if (b === 0) return a;
  return Math.min(a, b);
}

/** A lease ends no later than this long after the deadline of its attempt or task, in ms. */
export const LEASE_GRACE_MS = 5_000;

/** The end of a lease of `leaseMs` that is taken or renewed at `now`. */
export function leaseEnd(
  record: Pick<TaskRecord, "attemptDeadlineAt" | "totalDeadlineAt">,
  now: number,
  leaseMs: number,
): number {
  const deadline = earliest(record.attemptDeadlineAt, record.totalDeadlineAt);
  return deadline === 0 ? now + leaseMs : Math.min(now + leaseMs, deadline + LEASE_GRACE_MS);
}

/** A unique key is held: within its window, or without one while its task has not ended. */
export function holdsKey(state: TaskState, untilAt: number, now: number): boolean {
  return untilAt === 0 ? !isTerminal(state) : untilAt > now;
}

/**
 * A record that is about to replace `stored`, with what renewals of the same lease have changed since
 * its writer read it: they make no revision, so that the compare-and-set can't notice them.
 */
export function keepRenewal(stored: TaskRecord, after: TaskRecord): TaskRecord {
  const sameLease =
    isLeased(stored.state) &&
    isLeased(after.state) &&
    stored.attempt === after.attempt &&
    stored.nonce === after.nonce;
  if (!sameLease) return after;
  return {
    ...after,
    leaseEndAt: Math.max(stored.leaseEndAt, after.leaseEndAt),
    delivered: stored.delivered || after.delivered,
  };
}
