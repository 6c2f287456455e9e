/** What follows the end of an attempt: the rules of retries, in one place and without side effects. */
import { create } from "@bufbuild/protobuf";
import {
  AttemptState,
  FailureKind,
  FailureSchema,
  OutputRetry,
  TaskState,
  type Failure,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs } from "../core/duration.ts";
import { encodeFailure, retryInfoOf, serverFailure } from "../core/failure.ts";
import type { TaskRecord } from "../core/record.ts";
import {
  backoffMs,
  hasAttemptsLeft,
  isFinal,
  resolveRetryPolicy,
  type ResolvedRetryPolicy,
} from "../core/retry.ts";
import { decodeSpec } from "../core/spec.ts";
import {
  endCanceled,
  fail,
  giveBack,
  isOfferedInVain,
  retryLater,
  takeBack,
  type AttemptEnd,
} from "../core/transitions.ts";

/** How an attempt ended, and what the rules need besides the record. */
export interface End {
  readonly now: number;
  /** 0 to 1, for the jitter. */
  readonly random: number;
  readonly reported: boolean;
  /** Encoded Payload for the next attempt. */
  readonly checkpoint?: Uint8Array | undefined;
}

/** The attempt failed: RETRYING while the policy allows it, else FAILED. */
export function afterFailure(record: TaskRecord, failure: Failure, end: End): TaskRecord {
  const timedOut = isTotalTimeout(record, failure, end.now)
    ? create(FailureSchema, { ...failure, kind: FailureKind.TOTAL_TIMEOUT })
    : failure;
  const state =
    timedOut.kind === FailureKind.ATTEMPT_TIMEOUT || timedOut.kind === FailureKind.TOTAL_TIMEOUT
      ? AttemptState.TIMED_OUT
      : AttemptState.FAILED;
  const attemptEnd = attemptEndOf(end, state, timedOut);
  const policy = policyOf(record);
  const final =
    record.state === TaskState.CANCELING ||
    timedOut.kind === FailureKind.TOTAL_TIMEOUT ||
    isFinal(timedOut, policy) ||
    !hasAttemptsLeft(policy, record.charged) ||
    outputsForbidRetry(record);
  if (final) return fail(record, attemptEnd);
  const dueAt = end.now + retryDelayMs(timedOut, policy, record.charged, end.random);
  // Waiting for an attempt that the total timeout rules out would only delay the bad news.
  if (record.totalDeadlineAt !== 0 && dueAt >= record.totalDeadlineAt)
    return fail(record, attemptEnd);
  return retryLater(record, attemptEnd, dueAt);
}

/** The worker handed the task back: its place is kept, and nothing is charged. */
export function afterRelease(
  record: TaskRecord,
  release: { readonly reason: string; readonly delayMs: number },
  end: End,
): TaskRecord {
  if (record.state === TaskState.CANCELING) return afterCancel(record, record.cancelReason, end);
  if (outputsForbidRetry(record)) {
    const message = `released after its first output (${release.reason || "no reason given"})`;
    const failure = serverFailure(FailureKind.APPLICATION, message);
    return fail(record, attemptEndOf(end, AttemptState.RELEASED, failure));
  }
  return giveBack(record, attemptEndOf(end, AttemptState.RELEASED), release.delayMs);
}

/** The handler stopped for a cancel, or the cancel was enforced. */
export function afterCancel(record: TaskRecord, reason: string, end: End): TaskRecord {
  const failure = serverFailure(FailureKind.CANCELED, reason || record.cancelReason || "canceled");
  return endCanceled(record, attemptEndOf(end, AttemptState.CANCELED, failure));
}

/**
 * The lease ran out without word from the worker. `sessionAlive` tells an offer that got lost on the
 * way from a worker that is gone.
 */
export function afterLeaseEnd(record: TaskRecord, sessionAlive: boolean, end: End): TaskRecord {
  if (record.state === TaskState.CANCELING) return afterCancel(record, record.cancelReason, end);
  if (isPast(record.totalDeadlineAt, end.now))
    return afterFailure(
      record,
      serverFailure(FailureKind.TOTAL_TIMEOUT, "total_timeout ran out"),
      end,
    );
  // Only an attempt that arrived can have run out of its time.
  if (record.delivered && isPast(record.attemptDeadlineAt, end.now))
    return afterFailure(
      record,
      serverFailure(FailureKind.ATTEMPT_TIMEOUT, "attempt_timeout ran out"),
      end,
    );
  if (!record.delivered && sessionAlive && !isOfferedInVain(record))
    return takeBack(record, end.now);
  return afterLoss(record, end);
}

/** The worker is gone: charged as a lost lease, with a backoff from the second on. */
export function afterLoss(record: TaskRecord, end: End): TaskRecord {
  const policy = policyOf(record);
  const message = record.delivered
    ? `worker ${record.workerId} did not renew the lease of attempt ${record.attempt}`
    : `worker ${record.workerId} never confirmed attempt ${record.attempt}`;
  const failure = serverFailure(FailureKind.LEASE_LOST, message);
  const attemptEnd = attemptEndOf(end, AttemptState.LOST, failure);
  const lost = record.lost + 1;
  if (lost >= policy.maxLostLeases || outputsForbidRetry(record)) return fail(record, attemptEnd);
  return giveBack(record, attemptEnd, lost < 2 ? 0 : backoffMs(policy, lost - 1, end.random));
}

function attemptEndOf(end: End, state: AttemptState, failure?: Failure): AttemptEnd {
  return {
    now: end.now,
    state,
    reported: end.reported,
    failure: failure === undefined ? undefined : encodeFailure(failure),
    checkpoint: end.checkpoint,
  };
}

function policyOf(record: TaskRecord): ResolvedRetryPolicy {
  return resolveRetryPolicy(decodeSpec(record.spec).options.retryPolicy);
}

function retryDelayMs(
  failure: Failure,
  policy: ResolvedRetryPolicy,
  failures: number,
  random: number,
): number {
  const delay = failure.retryDelay ?? retryInfoOf(failure);
  return delay === undefined ? backoffMs(policy, failures, random) : durationMs(delay);
}

/** A worker tells both timeouts by its one timer; the record tells which deadline it was. */
function isTotalTimeout(record: TaskRecord, failure: Failure, now: number): boolean {
  return failure.kind === FailureKind.ATTEMPT_TIMEOUT && isPast(record.totalDeadlineAt, now);
}

function isPast(at: number, now: number): boolean {
  return at !== 0 && at <= now;
}

function outputsForbidRetry(record: TaskRecord): boolean {
  if (record.outputCount === 0) return false;
  const { outputRetry } = decodeSpec(record.spec).options;
  return outputRetry === OutputRetry.UNSPECIFIED || outputRetry === OutputRetry.NEVER;
}
