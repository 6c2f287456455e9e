/** The effective options of a task: the caller's, then the definition's, then the server's, field by field. */
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  RetryPolicySchema,
  TaskOptionsSchema,
  TaskSpecSchema,
  type RetryPolicy,
  type TaskOptions,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs, toDuration } from "./duration.ts";
import { DEFAULT_RETRY_POLICY } from "./retry.ts";

export const DEFAULT_QUEUE = "default";
/** Retention where none is set: 24 h, in ms. */
export const DEFAULT_RETENTION_MS = 86_400_000;
/** The least retention, in ms; less is raised to it, so that an outcome can still be read. */
export const MIN_RETENTION_MS = 60_000;

const DEFAULT_OPTIONS: TaskOptions = create(TaskOptionsSchema, {
  queue: DEFAULT_QUEUE,
  priority: 0,
  retention: toDuration(DEFAULT_RETENTION_MS),
  retryPolicy: {
    maxAttempts: DEFAULT_RETRY_POLICY.maxAttempts,
    initialBackoff: toDuration(DEFAULT_RETRY_POLICY.initialBackoffMs),
    maxBackoff: toDuration(DEFAULT_RETRY_POLICY.maxBackoffMs),
    backoffMultiplier: DEFAULT_RETRY_POLICY.backoffMultiplier,
    jitter: DEFAULT_RETRY_POLICY.jitter,
    maxLostLeases: DEFAULT_RETRY_POLICY.maxLostLeases,
  },
});

/** The definition's options completed by the server's defaults; done once per definition. */
export function completeOptions(definition: TaskOptions | undefined): TaskOptions {
  return definition === undefined ? DEFAULT_OPTIONS : mergeOptions(definition, DEFAULT_OPTIONS);
}

/** Options over others, field by field; labels one by one. */
export function mergeOptions(over: TaskOptions, under: TaskOptions): TaskOptions {
  return {
    ...under,
    queue: over.queue === "" ? under.queue : over.queue,
    priority: over.priority ?? under.priority,
    retryPolicy: mergePolicies(over.retryPolicy, under.retryPolicy),
    attemptTimeout: over.attemptTimeout ?? under.attemptTimeout,
    totalTimeout: over.totalTimeout ?? under.totalTimeout,
    pendingTimeout: over.pendingTimeout ?? under.pendingTimeout,
    retention: over.retention ?? under.retention,
    outputRetry: over.outputRetry === 0 ? under.outputRetry : over.outputRetry,
    labels: { ...under.labels, ...over.labels },
  };
}

function mergePolicies(
  over: RetryPolicy | undefined,
  under: RetryPolicy | undefined,
): RetryPolicy | undefined {
  if (over === undefined || under === undefined) return over ?? under;
  return create(RetryPolicySchema, {
    maxAttempts: over.maxAttempts ?? under.maxAttempts,
    initialBackoff: over.initialBackoff ?? under.initialBackoff,
    maxBackoff: over.maxBackoff ?? under.maxBackoff,
    backoffMultiplier: over.backoffMultiplier ?? under.backoffMultiplier,
    jitter: over.jitter ?? under.jitter,
    nonRetryableTypes:
      over.nonRetryableTypes.length > 0 ? over.nonRetryableTypes : under.nonRetryableTypes,
    maxLostLeases: over.maxLostLeases ?? under.maxLostLeases,
  });
}

/** Ms of an option's duration; 0 where it is unset. */
export function optionMs(duration: TaskOptions["retention"]): number {
  return duration === undefined ? 0 : durationMs(duration);
}

/** The spec of a record, with the options that are in force. */
export function decodeSpec(spec: Uint8Array): TaskSpec & { options: TaskOptions } {
  const message = fromBinary(TaskSpecSchema, spec);
  return message as TaskSpec & { options: TaskOptions };
}
