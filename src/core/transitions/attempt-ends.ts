/** How attempts end: by a report of their worker, or because the lease ran out. */
import { AttemptState, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { encodeAttempt } from "../attempt-codec.ts";
import { newStamp } from "../ids.ts";
import type { Lease } from "../lease.ts";
import type { EndedAttempt, TaskRecord } from "../record.ts";
import { move, mustFollow, terminal } from "./state-table.ts";

/** Ten offers in a row that no worker confirmed count as one lost lease. */
const UNDELIVERED_PER_LOST = 10;
/** Most ended attempts that a record keeps. */
export const MAX_ATTEMPT_HISTORY = 10;

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

/** RUNNING, CANCELING → SUCCEEDED. */
export function succeed(
  record: TaskRecord,
  end: Pick<AttemptEnd, "now" | "reported"> & { readonly result: Uint8Array | undefined },
): TaskRecord {
  mustFollow(record, TaskState.SUCCEEDED);
  // In one literal, as it is what nearly every task comes to: patches on patches take ten times as long.
  return {
    ...record,
    state: TaskState.SUCCEEDED,
    revision: record.revision + 1,
    stamp: newStamp(),
    updatedAt: end.now,
    endedAt: end.now,
    purgeAt: end.now + record.retentionMs,
    pendingDeadlineAt: 0,
    totalDeadlineAt: 0,
    undelivered: 0,
    nonce: "",
    leaseEndAt: 0,
    attemptDeadlineAt: 0,
    forceAt: 0,
    result: end.result,
    failure: undefined,
    checkpoint: undefined,
    ended: withAttempt(record, {
      now: end.now,
      state: AttemptState.SUCCEEDED,
      reported: end.reported,
    }),
  };
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

/** What became of the attempt that a lease names, if the record still knows it. */
export function endedAs(
  record: TaskRecord,
  lease: Pick<Lease, "attempt" | "nonce">,
): TaskRecord["ended"][number] | undefined {
  return record.ended.find(
    (ended) => ended.number === lease.attempt && ended.nonce === lease.nonce,
  );
}

/** What every end of an attempt does: history grows, the lease is gone, who held it stays readable. */
function endAttempt(record: TaskRecord, end: AttemptEnd): Partial<TaskRecord> {
  return {
    ended: withAttempt(record, end),
    nonce: "",
    leaseEndAt: 0,
    attemptDeadlineAt: 0,
    forceAt: 0,
    undelivered: 0,
    failure: end.failure ?? record.failure,
    checkpoint: end.checkpoint ?? record.checkpoint,
  };
}

/** The attempts that are over, the current one among them. */
function withAttempt(record: TaskRecord, end: AttemptEnd): readonly EndedAttempt[] {
  const { attempt: number, nonce, workerId, attemptStartedAt: startAt, ended } = record;
  const { now: endAt, state, reported, failure } = end;
  const body = encodeAttempt({ number, state, workerId, startAt, endAt, failure });
  const last: EndedAttempt = { number, state, nonce, reported, body };
  return ended.length === 0 ? [last] : [...ended.slice(1 - MAX_ATTEMPT_HISTORY), last];
}

/** A lost task keeps its place even when it backs off; a delayed release takes the new time. */
function orderAfter(record: TaskRecord, end: AttemptEnd, delayMs: number): number {
  return end.state === AttemptState.LOST ? record.orderAt : end.now + delayMs;
}

/** Released and lost attempts are not charged; lost ones go to the account of lost leases. */
function refund(record: TaskRecord, state: AttemptState): Partial<TaskRecord> {
  if (state === AttemptState.LOST) return { charged: record.charged - 1, lost: record.lost + 1 };
  if (state === AttemptState.RELEASED) return { charged: record.charged - 1 };
  return {};
}
