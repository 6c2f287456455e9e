/** What a caller may say about one task, and the request that it becomes. */
import { create } from "@bufbuild/protobuf";
import { ConflictPolicy, UniqueKeySchema, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { checkText } from "./check-text.ts";
import { toTimestamp } from "./duration.ts";
import { fieldError, fieldErrors } from "./errors.ts";
import { oneOf, texts } from "./field-values.ts";
import { uuidv7 } from "./ids.ts";
import { checkOptions, type NamesOf } from "./known-options.ts";
import { newEnqueueTask, newSpec } from "./messages.ts";
import { unexpected } from "./shown.ts";
import { duration, TASK_SETTINGS, taskOptions, type TaskSettings } from "./task-settings.ts";

/** At most one task of this name with this key at a time. */
export interface UniqueOptions {
  /** At most 255 characters of printable ASCII. */
  readonly key: string;
  /** How long from creation the key is held; unset: until the task has ended. */
  readonly windowMs?: number | undefined;
  /** What a second task meets: the first, UNIQUE_KEY_HELD, or it replaces it. @default "return-existing" */
  readonly onConflict?: "return-existing" | "reject" | "replace-pending" | undefined;
}

/** When a task starts. */
export interface StartOptions {
  /** No sooner than this long from now, by the server's clock. */
  readonly delayMs?: number | undefined;
  /** No sooner than then. Not together with `delayMs`. */
  readonly scheduleAt?: Date | undefined;
}

/** Options of one enqueued task. What is unset is the definition's or the server's default. */
export interface EnqueueOptions extends TaskSettings, StartOptions {
  /** The task's id, for repeats across processes. @default a new UUIDv7 */
  readonly taskId?: string | undefined;
  /** Handed to the handler; at most 64, 8 KiB in all. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly unique?: UniqueOptions | undefined;
  /** The task from whose handler this one is enqueued. */
  readonly parentTaskId?: string | undefined;
}

/** Their names; the compiler sees to it that none is missing. */
export const ENQUEUE_OPTIONS: NamesOf<EnqueueOptions> = {
  ...TASK_SETTINGS,
  delayMs: true,
  scheduleAt: true,
  taskId: true,
  headers: true,
  unique: true,
  parentTaskId: true,
};

const UNIQUE_OPTIONS: NamesOf<UniqueOptions> = {
  key: true,
  windowMs: true,
  onConflict: true,
};

const ON_CONFLICT = {
  "return-existing": ConflictPolicy.RETURN_EXISTING,
  reject: ConflictPolicy.REJECT,
  "replace-pending": ConflictPolicy.REPLACE_PENDING,
} as const;

/**
 * The request for one task; it always has a task id, so that repeating it is harmless. FIELD_VIOLATION for what no
 * request can hold, such as a name that is no text, as programs without types may give.
 */
export function enqueueRequest(
  name: string,
  payload: Payload,
  options: EnqueueOptions = {},
): EnqueueTaskRequest {
  const { headers, unique, parentTaskId, taskId } = options;
  checkText("name", name);
  checkText("taskId", taskId ?? "");
  checkText("parentTaskId", parentTaskId ?? "");
  const spec = newSpec();
  spec.name = name;
  spec.payload = payload;
  spec.options = taskOptions(options);
  if (headers !== undefined) spec.headers = texts("headers", headers);
  if (unique !== undefined) spec.unique = uniqueKey(unique);
  if (parentTaskId !== undefined) spec.parentTaskId = parentTaskId;
  const request = newEnqueueTask();
  request.taskId = taskId ?? uuidv7();
  request.spec = spec;
  request.start = startOf(options);
  return request;
}

/** A start time or a delay, as requests have it. */
export function startOf({ delayMs, scheduleAt }: StartOptions) {
  if (delayMs !== undefined && scheduleAt !== undefined)
    throw fieldError("scheduleAt", "can't be set together with delayMs");
  if (delayMs !== undefined)
    return { case: "delay", value: duration("delayMs", delayMs)! } as const;
  if (scheduleAt === undefined) return { case: undefined } as const;
  if (!(scheduleAt instanceof Date))
    throw fieldErrors([unexpected("scheduleAt", "a Date", scheduleAt)]);
  const time = scheduleAt.getTime();
  if (Number.isNaN(time)) throw fieldError("scheduleAt", "is no valid Date");
  return { case: "scheduleTime", value: toTimestamp(time) } as const;
}

function uniqueKey(unique: UniqueOptions) {
  checkOptions(unique, UNIQUE_OPTIONS, "unique.");
  checkText("unique.key", unique.key);
  return create(UniqueKeySchema, {
    key: unique.key,
    window: duration("unique.windowMs", unique.windowMs),
    onConflict: oneOf("unique.onConflict", ON_CONFLICT, unique.onConflict),
  });
}
