/** When another attempt follows a failed one, and after how long. */
import { FailureKind, type Failure, type RetryPolicy } from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs } from "./duration.ts";

/** A retry policy with every field set. */
export interface ResolvedRetryPolicy {
  /** Attempts in all; -1: no limit. */
  readonly maxAttempts: number;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  readonly backoffMultiplier: number;
  /** Share of the delay that is random, 0 to 1. */
  readonly jitter: number;
  readonly nonRetryableTypes: readonly string[];
  readonly maxLostLeases: number;
}

export const DEFAULT_RETRY_POLICY: ResolvedRetryPolicy = Object.freeze({
  maxAttempts: 3,
  initialBackoffMs: 1_000,
  maxBackoffMs: 300_000,
  backoffMultiplier: 2,
  jitter: 0.2,
  nonRetryableTypes: [],
  maxLostLeases: 5,
});

export function resolveRetryPolicy(policy: RetryPolicy | undefined): ResolvedRetryPolicy {
  const defaults = DEFAULT_RETRY_POLICY;
  if (policy === undefined) return defaults;
  const { initialBackoff, maxBackoff } = policy;
  return {
    maxAttempts: policy.maxAttempts ?? defaults.maxAttempts,
    initialBackoffMs:
      initialBackoff === undefined ? defaults.initialBackoffMs : durationMs(initialBackoff),
    maxBackoffMs: maxBackoff === undefined ? defaults.maxBackoffMs : durationMs(maxBackoff),
    backoffMultiplier: policy.backoffMultiplier ?? defaults.backoffMultiplier,
    jitter: policy.jitter ?? defaults.jitter,
    nonRetryableTypes: policy.nonRetryableTypes,
    maxLostLeases: policy.maxLostLeases ?? defaults.maxLostLeases,
  };
}

/**
 * Exponential backoff in ms before the attempt after the `failures`-th failure (from 1): the
 * delay grows by the multiplier up to the cap, then `jitter` of it is drawn by `random` (0 to 1)
 * evenly to both sides, so that tasks which failed together don't come back together.
 */
export function backoffMs(policy: ResolvedRetryPolicy, failures: number, random: number): number {
  const grown = policy.initialBackoffMs * policy.backoffMultiplier ** Math.max(0, failures - 1);
  const delay = Math.min(policy.maxBackoffMs, grown);
  return Math.round(delay * (1 + policy.jitter * (random - 0.5)));
}

/** google.rpc.Codes with which another attempt can't do better. */
const FINAL_CODES: ReadonlySet<number> = new Set([
  3, // INVALID_ARGUMENT
  5, // NOT_FOUND
  6, // ALREADY_EXISTS
  7, // PERMISSION_DENIED
  9, // FAILED_PRECONDITION
  11, // OUT_OF_RANGE
  12, // UNIMPLEMENTED
  15, // DATA_LOSS
  16, // UNAUTHENTICATED
]);

/** The failure itself rules another attempt out, whatever budget is left. */
export function isFinal(failure: Failure, policy: ResolvedRetryPolicy): boolean {
  return (
    failure.nonRetryable ||
    failure.kind === FailureKind.REJECTED ||
    FINAL_CODES.has(failure.code) ||
    policy.nonRetryableTypes.includes(failure.type)
  );
}

/** Another attempt is within the budget. */
export function hasAttemptsLeft(policy: ResolvedRetryPolicy, charged: number): boolean {
  return policy.maxAttempts === -1 || charged < policy.maxAttempts;
}
