/** What a caller may say about a task, and the request that it becomes. */
import { create, type MessageInitShape } from "@bufbuild/protobuf";

import {
  ConflictPolicy,
  OutputRetry,
  TaskOptionsSchema,
  UniqueKeySchema,
  type RetryPolicySchema,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  EnqueueTaskRequestSchema,
  type EnqueueTaskRequest,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { toDuration, toTimestamp } from "../core/duration.ts";
import { fieldError } from "../core/errors.ts";
import { uuidv7 } from "../core/ids.ts";
import { toPayload } from "./payload.ts";

/** Attempts and the waits between them. What is unset is the definition's or the server's. */
export interface RetryOptions {
  /** Attempts in all, the first included; 1: no retries, -1: no limit. @default 3 */
  readonly maxAttempts?: number;
  /** @default 1000 */
  readonly initialBackoffMs?: number;
  /** @default 300000 */
  readonly maxBackoffMs?: number;
  /** @default 2 */
  readonly backoffMultiplier?: number;
  /** Share of the delay that is random, 0 to 1. @default 0.2 */
  readonly jitter?: number;
  /** Failure types after which no attempt follows. */
  readonly nonRetryableTypes?: readonly string[];
  /** Attempts that may get lost with their worker; -1: no limit. @default 5 */
  readonly maxLostLeases?: number;
}

/** At most one task of this name with this key at a time. */
export interface UniqueOptions {
  /** At most 255 characters of printable ASCII. */
  readonly key: string;
  /** How long from creation the key is held; unset: until the task has ended. */
  readonly windowMs?: number;
  /** What a second task meets: the first, UNIQUE_KEY_HELD, or it replaces it. @default "return-existing" */
  readonly onConflict?: "return-existing" | "reject" | "replace-pending";
}

/** Options of one enqueued task. What is unset is the definition's or the server's default. */
export interface EnqueueOptions {
  /** The task's id, for repeats across processes. @default a new UUIDv7 */
  readonly taskId?: string;
  /** @default "default" */
  readonly queue?: string;
  /** -1000 to 1000; higher runs first. @default 0 */
  readonly priority?: number;
  /** Starts no sooner than this long from now, by the server's clock. */
  readonly delayMs?: number;
  /** Starts no sooner than then. Not together with `delayMs`. */
  readonly scheduleAt?: Date;
  /** Limit of one attempt. */
  readonly attemptTimeoutMs?: number;
  /** Limit over all attempts and the waits between them, from when the task is due. */
  readonly totalTimeoutMs?: number;
  /** EXPIRED if not started this long after it is due. */
  readonly pendingTimeoutMs?: number;
  /** How long the task is kept after its end; at least a minute. @default 24 h */
  readonly retentionMs?: number;
  readonly retry?: RetryOptions;
  /** Indexed, for filters; at most 32. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Handed to the handler; at most 64, 8 KiB in all. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly unique?: UniqueOptions;
  /** The task from whose handler this one is enqueued. */
  readonly parentTaskId?: string;
  /** What another attempt of a streaming handler means for outputs already kept. @default "never" */
  readonly outputRetry?: "never" | "skip" | "restart";
}

const ON_CONFLICT = {
  "return-existing": ConflictPolicy.RETURN_EXISTING,
  reject: ConflictPolicy.REJECT,
  "replace-pending": ConflictPolicy.REPLACE_PENDING,
} as const;

const OUTPUT_RETRY = {
  never: OutputRetry.NEVER,
  skip: OutputRetry.SKIP,
  restart: OutputRetry.RESTART,
} as const;

/** The request for one task; it always has a task id, so that repeating it is harmless. */
export function enqueueRequest(
  name: string,
  input: unknown,
  options: EnqueueOptions = {},
): EnqueueTaskRequest {
  const { unique } = options;
  return create(EnqueueTaskRequestSchema, {
    taskId: options.taskId ?? uuidv7(),
    start: startOf(options),
    spec: {
      name,
      payload: toPayload(input),
      options: taskOptions(options),
      headers: { ...options.headers },
      parentTaskId: options.parentTaskId ?? "",
      ...(unique === undefined ? {} : { unique: uniqueKey(unique) }),
    },
  });
}

/** A start time or a delay, as requests have it. */
export function startOf(options: { readonly delayMs?: number; readonly scheduleAt?: Date }) {
  const { delayMs, scheduleAt } = options;
  if (delayMs !== undefined && scheduleAt !== undefined)
    throw fieldError("scheduleAt", "can't be set together with delayMs");
  if (delayMs !== undefined)
    return { case: "delay", value: duration("delayMs", delayMs)! } as const;
  if (scheduleAt === undefined) return { case: undefined } as const;
  const time = scheduleAt.getTime();
  if (Number.isNaN(time)) throw fieldError("scheduleAt", "is no valid Date");
  return { case: "scheduleTime", value: toTimestamp(time) } as const;
}

/** A number of ms as a Duration; unset stays unset. Throws FIELD_VIOLATION for what is no number. */
export function duration(field: string, ms: number | undefined) {
  if (ms === undefined) return undefined;
  if (!Number.isFinite(ms)) throw fieldError(field, `expected a number of ms, not ${ms}`);
  return toDuration(ms);
}

function taskOptions(options: EnqueueOptions) {
  return create(TaskOptionsSchema, {
    queue: options.queue ?? "",
    priority: options.priority,
    attemptTimeout: duration("attemptTimeoutMs", options.attemptTimeoutMs),
    totalTimeout: duration("totalTimeoutMs", options.totalTimeoutMs),
    pendingTimeout: duration("pendingTimeoutMs", options.pendingTimeoutMs),
    retention: duration("retentionMs", options.retentionMs),
    labels: { ...options.labels },
    outputRetry: options.outputRetry === undefined ? 0 : OUTPUT_RETRY[options.outputRetry],
    ...(options.retry === undefined ? {} : { retryPolicy: retryPolicy(options.retry) }),
  });
}

function retryPolicy(retry: RetryOptions): MessageInitShape<typeof RetryPolicySchema> {
  return {
    maxAttempts: retry.maxAttempts,
    initialBackoff: duration("retry.initialBackoffMs", retry.initialBackoffMs),
    maxBackoff: duration("retry.maxBackoffMs", retry.maxBackoffMs),
    backoffMultiplier: retry.backoffMultiplier,
    jitter: retry.jitter,
    nonRetryableTypes: [...(retry.nonRetryableTypes ?? [])],
    maxLostLeases: retry.maxLostLeases,
  };
}

function uniqueKey(unique: UniqueOptions) {
  return create(UniqueKeySchema, {
    key: unique.key,
    window: duration("unique.windowMs", unique.windowMs),
    onConflict: unique.onConflict === undefined ? 0 : ON_CONFLICT[unique.onConflict],
  });
}
