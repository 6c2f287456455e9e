/** Rules of task options and specs. */
import {
  ConflictPolicySchema,
  OutputRetrySchema,
  type RetryPolicy,
  type TaskOptions,
  type TaskSpec,
  type UniqueKey,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isUnset } from "../../core/effective-options.ts";
import { checkHeaders, checkLabels, checkPayload } from "./payload.ts";
import type { Violations } from "./violations.ts";

const MAX_PRIORITY = 1_000;
const MAX_ATTEMPTS = 1_000_000;
const MAX_TYPES = 100;

export function checkOptions(
  check: Violations,
  field: string,
  options: TaskOptions | undefined,
): void {
  if (options === undefined || isUnset(options)) return;
  check.optionalToken(`${field}.queue`, options.queue, check.limits.maxQueueLength);
  if (options.priority !== undefined) checkPriority(check, `${field}.priority`, options.priority);
  checkRetryPolicy(check, `${field}.retry_policy`, options.retryPolicy);
  check.duration(`${field}.attempt_timeout`, options.attemptTimeout, true);
  check.duration(`${field}.total_timeout`, options.totalTimeout, true);
  check.duration(`${field}.pending_timeout`, options.pendingTimeout, true);
  check.duration(`${field}.retention`, options.retention);
  check.enum(`${field}.output_retry`, options.outputRetry, OutputRetrySchema);
  checkLabels(check, `${field}.labels`, options.labels);
}

export function checkPriority(check: Violations, field: string, priority: number): void {
  check.integer(field, priority, -MAX_PRIORITY, MAX_PRIORITY);
}

function checkRetryPolicy(check: Violations, field: string, policy: RetryPolicy | undefined): void {
  if (policy === undefined) return;
  const { maxAttempts, backoffMultiplier, jitter, maxLostLeases, nonRetryableTypes } = policy;
  if (
    maxAttempts !== undefined &&
    maxAttempts !== -1 &&
    (maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS)
  )
    check.add(
      `${field}.max_attempts`,
      `from 1 to ${MAX_ATTEMPTS}, or -1 for no limit; got ${maxAttempts}`,
    );
  check.duration(`${field}.initial_backoff`, policy.initialBackoff);
  check.duration(`${field}.max_backoff`, policy.maxBackoff);
  if (backoffMultiplier !== undefined)
    check.number(`${field}.backoff_multiplier`, backoffMultiplier, 1, 1_000);
  if (jitter !== undefined) check.number(`${field}.jitter`, jitter, 0, 1);
  if (maxLostLeases !== undefined)
    check.integer(`${field}.max_lost_leases`, maxLostLeases, 1, MAX_ATTEMPTS);
  check.size(`${field}.non_retryable_types`, nonRetryableTypes.length, MAX_TYPES);
  for (const [index, type] of nonRetryableTypes.entries())
    check.text(`${field}.non_retryable_types[${index}]`, type, check.limits.maxNameLength);
}

export function checkSpec(check: Violations, field: string, spec: TaskSpec | undefined): void {
  if (spec === undefined) return check.add(field, "is required");
  const { maxNameLength, maxTaskIdLength } = check.limits;
  check.token(`${field}.name`, spec.name, maxNameLength);
  checkPayload(check, `${field}.payload`, spec.payload);
  checkOptions(check, `${field}.options`, spec.options);
  checkHeaders(check, `${field}.headers`, spec.headers);
  checkUnique(check, `${field}.unique`, spec.unique);
  if (spec.parentTaskId !== "")
    check.optionalToken(`${field}.parent_task_id`, spec.parentTaskId, maxTaskIdLength);
}

function checkUnique(check: Violations, field: string, unique: UniqueKey | undefined): void {
  if (unique === undefined) return;
  check.token(`${field}.key`, unique.key, check.limits.maxNameLength);
  check.duration(`${field}.window`, unique.window, true);
  check.enum(`${field}.on_conflict`, unique.onConflict, ConflictPolicySchema);
}
