/** An attempt while it holds its lease: how it starts, and what it may do until it ends. */
import { create } from "@bufbuild/protobuf";
import {
  AttemptSchema,
  AttemptState,
  TaskState,
  type Attempt,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
import { optionalTimestamp } from "../duration.ts";
import type { Lease } from "../lease.ts";
import { isLeased, leaseEnd, stateAt, waitingDeadlineAt, type TaskRecord } from "../record.ts";
import { move, mustFollow } from "./state-table.ts";

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
export function isStartable(
  record: Parameters<typeof stateAt>[0] & Parameters<typeof waitingDeadlineAt>[0],
  now: number,
): boolean {
  const deadlineAt = waitingDeadlineAt(record);
  return stateAt(record, now) === TaskState.PENDING && (deadlineAt === 0 || deadlineAt > now);
}

/**
 * PENDING → RUNNING: a new attempt takes the lease. The stamp stays, as the nonce tells this write from
 * another. Redis has the same in `redis/lua`.
 */
export function start(record: TaskRecord, params: StartParams): TaskRecord {
  mustFollow(record, TaskState.RUNNING);
  const { now } = params;
  const { attemptTimeoutMs, totalDeadlineAt } = record;
  const attemptDeadlineAt = attemptTimeoutMs === 0 ? 0 : now + attemptTimeoutMs;
  return {
    ...record,
    state: TaskState.RUNNING,
    revision: record.revision + 1,
    updatedAt: now,
    attempt: record.attempt + 1,
    charged: record.charged + 1,
    startedAt: record.startedAt === 0 ? now : record.startedAt,
    attemptStartedAt: now,
    attemptDeadlineAt,
    leaseEndAt: leaseEnd({ attemptDeadlineAt, totalDeadlineAt }, now, params.leaseMs),
    nonce: params.nonce,
    sessionId: params.sessionId,
    workerId: params.workerId,
    delivered: params.delivered,
    attemptEvents: 0,
    attemptOutputs: 0,
    forceAt: 0,
  };
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
