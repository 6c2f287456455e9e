/**
 * The life of a task: which state may follow which, and one pure function per transition. Each takes
 * a record and gives the record that follows, one revision on; storages write it by compare-and-set.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttemptSchema,
  AttemptState,
  TaskState,
  type Attempt,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { optionalTimestamp, toTimestamp } from "./duration.ts";
import { QTasksError } from "./errors.ts";
import type { Lease } from "./lease.ts";
import { stateName } from "./state-names.ts";
import { isLeased, leaseEnd, stateAt, waitingDeadlineAt, type TaskRecord } from "./record.ts";

const WAITING = [TaskState.SCHEDULED, TaskState.PENDING, TaskState.RETRYING] as const;
const TERMINAL = [
  TaskState.SUCCEEDED,
  TaskState.FAILED,
  TaskState.CANCELED,
  TaskState.EXPIRED,
] as const;
const FROM_WAITING = [
  ...WAITING,
  TaskState.RUNNING,
  TaskState.CANCELED,
  TaskState.EXPIRED,
  TaskState.FAILED,
] as const;

/** States that may follow; everything else is refused. */
const FOLLOWS: Readonly<Record<number, readonly TaskState[]>> = {
  [TaskState.SCHEDULED]: FROM_WAITING,
  [TaskState.PENDING]: FROM_WAITING,
  [TaskState.RETRYING]: FROM_WAITING,
  [TaskState.RUNNING]: [
    TaskState.RUNNING,
    ...WAITING,
    TaskState.CANCELING,
    TaskState.SUCCEEDED,
    TaskState.FAILED,
    TaskState.CANCELED,
  ],
  [TaskState.CANCELING]: [
    TaskState.CANCELING,
    TaskState.SUCCEEDED,
    TaskState.FAILED,
    TaskState.CANCELED,
  ],
  [TaskState.SUCCEEDED]: WAITING,
  [TaskState.FAILED]: WAITING,
  [TaskState.CANCELED]: WAITING,
  [TaskState.EXPIRED]: WAITING,
};

/** Whether the table lets `to` follow `from`. */
export function mayFollow(from: TaskState, to: TaskState): boolean {
  return FOLLOWS[from]?.includes(to) ?? false;
}

/** Ten offers in a row that no worker confirmed count as one lost lease. */
const UNDELIVERED_PER_LOST = 10;
/** Most ended attempts that a record keeps. */
export const MAX_ATTEMPT_HISTORY = 10;

function move(
  record: TaskRecord,
  state: TaskState,
  now: number,
  patch: Partial<TaskRecord> = {},
): TaskRecord {
  if (!mayFollow(record.state, state)) {
    const names = `${stateName(record.state)} to ${stateName(state)}`;
    throw new QTasksError("INTERNAL", `task ${record.id} can't go from ${names}`);
  }
  return { ...record, ...patch, state, revision: record.revision + 1, updatedAt: now };
}

export interface StartParams {
  readonly now: number;
  readonly nonce: string;
  readonly sessionId: string;
  readonly workerId: string;
  readonly leaseMs: number;
  /** The attempt is in this process: its delivery needs no proof. */
  readonly delivered: boolean;
}

/** The task may be handed out: it waits, is due, and its deadline is ahead. */
export function isStartable(record: TaskRecord, now: number): boolean {
  const deadlineAt = waitingDeadlineAt(record);
  return stateAt(record, now) === TaskState.PENDING && (deadlineAt === 0 || deadlineAt > now);
}

/** PENDING → RUNNING: a new attempt takes the lease. Redis has the same in `redis/lua`. */
export function start(record: TaskRecord, params: StartParams): TaskRecord {
  const { now } = params;
  const attemptDeadlineAt = record.attemptTimeoutMs === 0 ? 0 : now + record.attemptTimeoutMs;
  return move(record, TaskState.RUNNING, now, {
    attempt: record.attempt + 1,
    charged: record.charged + 1,
    startedAt: record.startedAt === 0 ? now : record.startedAt,
    attemptStartedAt: now,
    attemptDeadlineAt,
    leaseEndAt: leaseEnd({ ...record, attemptDeadlineAt }, now, params.leaseMs),
    nonce: params.nonce,
    sessionId: params.sessionId,
    workerId: params.workerId,
    delivered: params.delivered,
    attemptEvents: 0,
    attemptOutputs: 0,
    forceAt: 0,
  });
}

/** The lease is the record's current one. */
export function holds(record: TaskRecord, lease: Pick<Lease, "attempt" | "nonce">): boolean {
  return isLeased(record.state) && record.attempt === lease.attempt && record.nonce === lease.nonce;
}

/** Moves the lease's end; `undefined` where the lease is not the current one. No new revision. */
export function renew(
  record: TaskRecord,
  lease: Pick<Lease, "attempt" | "nonce">,
  now: number,
  leaseMs: number,
): TaskRecord | undefined {
  if (!holds(record, lease)) return undefined;
  return { ...record, delivered: true, leaseEndAt: leaseEnd(record, now, leaseMs) };
}

/** How an attempt ends: the state it is kept with and why. */
export interface AttemptEnd {
  readonly now: number;
  readonly state: AttemptState;
  /** A report of the worker ended it, not the server. */
  readonly reported: boolean;
  /** Encoded Failure. */
  readonly failure?: Uint8Array | undefined;
  readonly checkpoint?: Uint8Array | undefined;
}

/** What every end of an attempt does: history grows, the lease is gone, who held it stays readable. */
function endAttempt(record: TaskRecord, end: AttemptEnd): Partial<TaskRecord> {
  const attempt: Attempt = create(AttemptSchema, {
    number: record.attempt,
    state: end.state,
    workerId: record.workerId,
    startTime: toTimestamp(record.attemptStartedAt),
    endTime: toTimestamp(end.now),
    fencingToken: BigInt(record.attempt),
  });
  const ended = {
    number: record.attempt,
    state: end.state,
    nonce: record.nonce,
    reported: end.reported,
    body: withFailure(toBinary(AttemptSchema, attempt), end.failure),
  };
  return {
    ended: [...record.ended, ended].slice(-MAX_ATTEMPT_HISTORY),
    nonce: "",
    leaseEndAt: 0,
    attemptDeadlineAt: 0,
    forceAt: 0,
    undelivered: 0,
    ...(end.failure === undefined ? {} : { failure: end.failure }),
    ...(end.checkpoint === undefined ? {} : { checkpoint: end.checkpoint }),
  };
}

/** Appends field 6 of Attempt in wire format, so that a failure is encoded once. */
function withFailure(attempt: Uint8Array, failure: Uint8Array | undefined): Uint8Array {
  if (failure === undefined) return attempt;
  const head = [(6 << 3) | 2];
  for (let length = failure.length; ; length >>>= 7) {
    if (length < 0x80) {
      head.push(length);
      break;
    }
    head.push((length & 0x7f) | 0x80);
  }
  return Buffer.concat([attempt, Buffer.from(head), failure]);
}

function terminal(record: TaskRecord, now: number): Partial<TaskRecord> {
  return {
    endedAt: now,
    purgeAt: now + record.retentionMs,
    checkpoint: undefined,
    pendingDeadlineAt: 0,
    totalDeadlineAt: 0,
  };
}

/** RUNNING, CANCELING → SUCCEEDED. */
export function succeed(
  record: TaskRecord,
  end: Omit<AttemptEnd, "state" | "failure"> & { readonly result: Uint8Array | undefined },
): TaskRecord {
  return move(record, TaskState.SUCCEEDED, end.now, {
    ...endAttempt(record, { ...end, state: AttemptState.SUCCEEDED }),
    ...terminal(record, end.now),
    failure: undefined,
    result: end.result,
  });
}

/** RUNNING, CANCELING → FAILED. */
export function fail(record: TaskRecord, end: AttemptEnd): TaskRecord {
  return move(record, TaskState.FAILED, end.now, {
    ...endAttempt(record, end),
    ...refund(record, end.state),
    ...terminal(record, end.now),
  });
}

/** RUNNING → RETRYING: another attempt follows at `dueAt`. */
export function retryLater(record: TaskRecord, end: AttemptEnd, dueAt: number): TaskRecord {
  return move(record, TaskState.RETRYING, end.now, {
    ...endAttempt(record, end),
    ...refund(record, end.state),
    dueAt,
    orderAt: dueAt,
  });
}

/** RUNNING, CANCELING → CANCELED, by the worker's word or by force. */
export function endCanceled(record: TaskRecord, end: AttemptEnd): TaskRecord {
  return move(record, TaskState.CANCELED, end.now, {
    ...endAttempt(record, end),
    ...terminal(record, end.now),
  });
}

/**
 * RUNNING → PENDING at its old place, or RETRYING with a delay: released by the worker, or lost.
 * Not charged as an attempt; LOST is charged as a lost lease.
 */
export function giveBack(record: TaskRecord, end: AttemptEnd, delayMs: number): TaskRecord {
  const place =
    delayMs > 0
      ? { dueAt: end.now + delayMs, orderAt: orderAfter(record, end, delayMs) }
      : { dueAt: Math.min(record.dueAt, end.now) };
  return move(record, delayMs > 0 ? TaskState.RETRYING : TaskState.PENDING, end.now, {
    ...endAttempt(record, end),
    ...refund(record, end.state),
    ...place,
  });
}

/** A lost task keeps its place even when it backs off; a delayed release takes the new time. */
function orderAfter(record: TaskRecord, end: AttemptEnd, delayMs: number): number {
  return end.state === AttemptState.LOST ? record.orderAt : end.now + delayMs;
}

/**
 * RUNNING → PENDING: the offer never arrived at a live worker. Nothing is charged; the tenth in a
 * row is for the caller to count as lost ({@link isOfferedInVain}).
 */
export function takeBack(record: TaskRecord, now: number): TaskRecord {
  return move(record, TaskState.PENDING, now, {
    nonce: "",
    leaseEndAt: 0,
    attemptDeadlineAt: 0,
    charged: record.charged - 1,
    undelivered: record.undelivered + 1,
    startedAt: record.startedAt === record.attemptStartedAt ? 0 : record.startedAt,
  });
}

/** The next undelivered offer is the one that counts as a lost lease. */
export function isOfferedInVain(record: TaskRecord): boolean {
  return record.undelivered + 1 >= UNDELIVERED_PER_LOST;
}

/** Released and lost attempts are not charged; lost ones go to the account of lost leases. */
function refund(record: TaskRecord, state: AttemptState): Partial<TaskRecord> {
  if (state === AttemptState.LOST) return { charged: record.charged - 1, lost: record.lost + 1 };
  if (state === AttemptState.RELEASED) return { charged: record.charged - 1 };
  return {};
}

/** A waiting task ends unstarted or between attempts: CANCELED, EXPIRED, or FAILED. */
export function endWaiting(
  record: TaskRecord,
  state: typeof TaskState.CANCELED | typeof TaskState.EXPIRED | typeof TaskState.FAILED,
  end: { readonly now: number; readonly failure: Uint8Array; readonly cancelReason?: string },
): TaskRecord {
  return move(record, state, end.now, {
    ...terminal(record, end.now),
    failure: end.failure,
    cancelReason: end.cancelReason ?? record.cancelReason,
  });
}

/** RUNNING → CANCELING, or an earlier end of the grace of one that is. */
export function requestCancel(
  record: TaskRecord,
  params: { readonly now: number; readonly reason: string; readonly forceAt: number },
): TaskRecord {
  return move(record, TaskState.CANCELING, params.now, {
    cancelReason: record.state === TaskState.CANCELING ? record.cancelReason : params.reason,
    forceAt: params.forceAt,
  });
}

/** Terminal → PENDING with fresh budgets; history goes on. */
export function retryByHand(
  record: TaskRecord,
  params: {
    readonly now: number;
    readonly pendingTimeoutMs: number;
    readonly totalTimeoutMs: number;
  },
): TaskRecord {
  const { now } = params;
  return move(record, TaskState.PENDING, now, {
    dueAt: now,
    orderAt: now,
    startedAt: 0,
    endedAt: 0,
    purgeAt: 0,
    pendingDeadlineAt: params.pendingTimeoutMs === 0 ? 0 : now + params.pendingTimeoutMs,
    totalDeadlineAt: params.totalTimeoutMs === 0 ? 0 : now + params.totalTimeoutMs,
    charged: 0,
    lost: 0,
    undelivered: 0,
    manualRetries: record.manualRetries + 1,
    cancelReason: "",
    result: undefined,
    failure: undefined,
    progress: undefined,
  });
}

/** A waiting task takes another time or priority; deadlines move with the time. */
export function reschedule(
  record: TaskRecord,
  params: { readonly now: number; readonly dueAt?: number; readonly priority?: number },
): TaskRecord {
  const { now, dueAt, priority = record.priority } = params;
  if (dueAt === undefined) return move(record, record.state, now, { priority });
  const shift = dueAt - record.dueAt;
  const state =
    record.state === TaskState.RETRYING
      ? TaskState.RETRYING
      : dueAt > now
        ? TaskState.SCHEDULED
        : TaskState.PENDING;
  return move(record, state, now, {
    priority,
    dueAt,
    orderAt: dueAt,
    pendingDeadlineAt: record.pendingDeadlineAt === 0 ? 0 : record.pendingDeadlineAt + shift,
    totalDeadlineAt: record.totalDeadlineAt === 0 ? 0 : record.totalDeadlineAt + shift,
  });
}

/**
 * A leased task gets new events, progress or a checkpoint. They are a sign of life too: the caller
 * renews the lease with them, since the record it knows may be older than the last renewal.
 */
export function annotate(
  record: TaskRecord,
  now: number,
  patch: Partial<
    Pick<
      TaskRecord,
      | "eventSequence"
      | "attemptEvents"
      | "attemptOutputs"
      | "outputCount"
      | "outputBytes"
      | "progress"
      | "checkpoint"
    >
  > &
    Pick<TaskRecord, "leaseEndAt" | "delivered">,
): TaskRecord {
  return move(record, record.state, now, patch);
}

/** What became of the attempt that a lease names, if the record still knows it. */
export function endedAs(
  record: TaskRecord,
  lease: Pick<Lease, "attempt" | "nonce">,
): TaskRecord["ended"][number] | undefined {
  return record.ended.find(
    (ended) => ended.number === lease.attempt && ended.nonce === lease.nonce,
  );
}

/** The current attempt as it is shown while it runs. */
export function currentAttempt(record: TaskRecord): Attempt | undefined {
  if (!isLeased(record.state)) return undefined;
  return create(AttemptSchema, {
    number: record.attempt,
    state: AttemptState.RUNNING,
    workerId: record.workerId,
    startTime: optionalTimestamp(record.attemptStartedAt),
    fencingToken: BigInt(record.attempt),
  });
}

export { TERMINAL as TERMINAL_STATES };
