/** Rules of requests that name or make tasks. */
import { TaskViewSchema } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { EnqueueTaskRequest } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import type { QTasksError } from "../../core/errors.ts";
import type { Limits } from "../../core/limits.ts";
import { checkSpec } from "./options.ts";
import { Violations } from "./violations.ts";

/** Throws the error that names every field of the request that is wrong. */
export function checked(limits: Limits, rules: (check: Violations) => void): void {
  const error = violated(limits, rules);
  if (error !== undefined) throw error;
}

/** The same error as an answer, for an item of a batch. */
export function violated(
  limits: Limits,
  rules: (check: Violations) => void,
): QTasksError | undefined {
  const check = new Violations(limits);
  rules(check);
  return check.error;
}

export function checkTaskId(check: Violations, taskId: string, field = "task_id"): void {
  check.token(field, taskId, check.limits.maxTaskIdLength);
}

export function checkTaskIds(check: Violations, taskIds: readonly string[]): void {
  if (taskIds.length === 0) check.add("task_ids", "at least one");
  check.size("task_ids", taskIds.length, check.limits.maxBatch);
  for (const [index, taskId] of taskIds.entries()) checkTaskId(check, taskId, `task_ids[${index}]`);
}

export function checkView(check: Violations, view: number): void {
  check.enum("view", view, TaskViewSchema);
}

/** `prefix` leads to the request within a larger one, such as `enqueue.`. */
export function checkEnqueue(check: Violations, request: EnqueueTaskRequest, prefix = ""): void {
  check.optionalToken(`${prefix}task_id`, request.taskId, check.limits.maxTaskIdLength);
  checkSpec(check, `${prefix}spec`, request.spec);
  checkStart(check, request.start, prefix);
}

/** The same as a step: throws the error that names every field that is wrong. */
export function checkEnqueueRequest(request: EnqueueTaskRequest, limits: Limits): void {
  checked(limits, (check) => checkEnqueue(check, request));
}

export function checkStart(
  check: Violations,
  start: EnqueueTaskRequest["start"],
  prefix = "",
): void {
  if (start.case === "scheduleTime") check.timestamp(`${prefix}schedule_time`, start.value);
  if (start.case === "delay") check.duration(`${prefix}delay`, start.value);
}
