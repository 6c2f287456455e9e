/** What holds for every run of a task, where a program sets it. */
import type { TaskOptions } from "../../gen/qtasksapi/v1/task_pb.ts";
import { duration, taskOptions, type TaskSettings } from "../core/task-settings.ts";
import type { Executor } from "../worker/executor.ts";

/** What holds for every run of a task; a caller's options win over it. */
export interface TaskDefaults extends Omit<TaskSettings, "attemptTimeoutMs"> {
  /** Limit of one attempt, in ms. @default none */
  readonly timeoutMs?: number | undefined;
  /** Runs the handler: `threads()` for what computes or blocks. @default on the worker's own thread */
  readonly executor?: Executor | undefined;
}

/** Field by field, the inner one wins; labels and retry policies are merged. */
export function mergeDefaults(outer: TaskDefaults, inner: TaskDefaults): TaskDefaults {
  return {
    ...outer,
    ...set(inner),
    retry: { ...outer.retry, ...set(inner.retry) },
    labels: { ...outer.labels, ...inner.labels },
  };
}

/** What is undefined is left to the outer one. */
function set<Options extends object>(options: Options | undefined): Partial<Options> {
  const entries = Object.entries(options ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<Options>;
}

/** The message of the defaults; FIELD_VIOLATION for what no message can hold. */
export function defaultOptions({ timeoutMs, ...settings }: TaskDefaults): TaskOptions {
  // Refused here, it has the name that it was given by.
  duration("timeoutMs", timeoutMs);
  return taskOptions({ ...settings, attemptTimeoutMs: timeoutMs });
}
