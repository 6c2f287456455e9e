/** How a task runs, as TypeScript programs write it: in definitions, and where a task is enqueued. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  OutputRetry,
  TaskOptionsSchema,
  type RetryPolicySchema,
  type TaskOptions,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { checkText } from "./check-text.ts";
import { toDuration } from "./duration.ts";
import { fieldError } from "./errors.ts";
import { oneOf, textList, texts, whole } from "./field-values.ts";
import { checkOptions, type NamesOf } from "./known-options.ts";
import { newOptions } from "./messages.ts";
import { shown } from "./shown.ts";

/** Attempts and the waits between them. What is unset is the definition's or the server's. */
export interface RetrySettings {
  /** Attempts in all, the first included; 1: no retries, -1: no limit. @default 3 */
  readonly maxAttempts?: number | undefined;
  /** @default 1000 */
  readonly initialBackoffMs?: number | undefined;
  /** @default 300000 */
  readonly maxBackoffMs?: number | undefined;
  /** @default 2 */
  readonly backoffMultiplier?: number | undefined;
  /** Share of the delay that is random, 0 to 1. @default 0.2 */
  readonly jitter?: number | undefined;
  /** Failure types after which no attempt follows. */
  readonly nonRetryableTypes?: readonly string[] | undefined;
  /** Attempts that may get lost with their worker, from 1. @default 5 */
  readonly maxLostLeases?: number | undefined;
}

export interface TaskSettings {
  /** @default "default" */
  readonly queue?: string | undefined;
  /** -1000 to 1000; higher runs first. @default 0 */
  readonly priority?: number | undefined;
  /** Limit of one attempt, in ms. @default none */
  readonly attemptTimeoutMs?: number | undefined;
  /** Limit over all attempts and the waits between them, from when the task is due, in ms. @default none */
  readonly totalTimeoutMs?: number | undefined;
  /** EXPIRED if not started this long after it is due, in ms. @default never */
  readonly pendingTimeoutMs?: number | undefined;
  /** How long the task is kept after its end, in ms; at least a minute. @default 24 h */
  readonly retentionMs?: number | undefined;
  readonly retry?: RetrySettings | undefined;
  /** Indexed, for filters; at most 32. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** What another attempt of a streaming handler means for outputs already kept. @default "never" */
  readonly outputRetry?: "never" | "skip" | "restart" | undefined;
}

/** Their names; the compiler sees to it that none is missing. */
export const TASK_SETTINGS: NamesOf<TaskSettings> = {
  queue: true,
  priority: true,
  attemptTimeoutMs: true,
  totalTimeoutMs: true,
  pendingTimeoutMs: true,
  retentionMs: true,
  retry: true,
  labels: true,
  outputRetry: true,
};

/** Names of {@link RetrySettings}. */
export const RETRY_SETTINGS: NamesOf<RetrySettings> = {
  maxAttempts: true,
  initialBackoffMs: true,
  maxBackoffMs: true,
  backoffMultiplier: true,
  jitter: true,
  nonRetryableTypes: true,
  maxLostLeases: true,
};

const OUTPUT_RETRY = {
  never: OutputRetry.NEVER,
  skip: OutputRetry.SKIP,
  restart: OutputRetry.RESTART,
} as const;

/** The message of the settings; FIELD_VIOLATION for what no message can hold. */
export function taskOptions(settings: TaskSettings): TaskOptions {
  for (const _ in settings) return optionsOf(settings);
  return newOptions();
}

function optionsOf(settings: TaskSettings): TaskOptions {
  const { queue = "" } = settings;
  checkText("queue", queue);
  return create(TaskOptionsSchema, {
    queue,
    priority: whole("priority", settings.priority),
    attemptTimeout: duration("attemptTimeoutMs", settings.attemptTimeoutMs),
    totalTimeout: duration("totalTimeoutMs", settings.totalTimeoutMs),
    pendingTimeout: duration("pendingTimeoutMs", settings.pendingTimeoutMs),
    retention: duration("retentionMs", settings.retentionMs),
    labels: texts("labels", settings.labels),
    outputRetry: oneOf("outputRetry", OUTPUT_RETRY, settings.outputRetry),
    ...(settings.retry === undefined ? {} : { retryPolicy: retryPolicy(settings.retry) }),
  });
}

function retryPolicy(retry: RetrySettings): MessageInitShape<typeof RetryPolicySchema> {
  checkOptions(retry, RETRY_SETTINGS, "retry.");
  return {
    maxAttempts: whole("retry.maxAttempts", retry.maxAttempts),
    initialBackoff: duration("retry.initialBackoffMs", retry.initialBackoffMs),
    maxBackoff: duration("retry.maxBackoffMs", retry.maxBackoffMs),
    backoffMultiplier: retry.backoffMultiplier,
    jitter: retry.jitter,
    nonRetryableTypes: textList("retry.nonRetryableTypes", retry.nonRetryableTypes),
    maxLostLeases: whole("retry.maxLostLeases", retry.maxLostLeases),
  };
}

/** A number of ms as a Duration; unset stays unset. FIELD_VIOLATION for what is no number, and for one below 0. */
export function duration(field: string, ms: number | undefined) {
  if (ms === undefined) return undefined;
  if (Number.isFinite(ms) && ms >= 0) return toDuration(ms);
  const given = typeof ms === "number" ? String(ms) : shown(ms);
  throw fieldError(field, `expected a number of ms, 0 or more; got ${given}`);
}
