/** Rules of filters. */
import { TaskStateSchema, type TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isEmptyFilter } from "../../core/filter.ts";
import { checkLabels } from "./payload.ts";
import type { Violations } from "./violations.ts";

/** With `required`, at least one condition must be set: a bulk change never means everything by accident. */
export function checkFilter(
  check: Violations,
  filter: TaskFilter | undefined,
  required = false,
): void {
  const empty = filter === undefined || isEmptyFilter(filter);
  if (empty && required)
    check.add("filter", "at least one condition, such as queues, names, states or labels");
  if (filter === undefined) return;
  const { maxNameLength, maxQueueLength, maxTaskIdLength } = check.limits;
  checkTokens(check, "filter.queues", filter.queues, maxQueueLength);
  checkTokens(check, "filter.names", filter.names, maxNameLength);
  checkTokens(check, "filter.parent_task_ids", filter.parentTaskIds, maxTaskIdLength);
  checkTokens(check, "filter.unique_keys", filter.uniqueKeys, maxNameLength);
  checkTokens(check, "filter.task_ids", filter.taskIds, maxTaskIdLength);
  check.size("filter.worker_ids", filter.workerIds.length, check.limits.maxBatch);
  check.size("filter.failure_types", filter.failureTypes.length, check.limits.maxBatch);
  check.size("filter.states", filter.states.length, check.limits.maxBatch);
  for (const [index, state] of filter.states.entries())
    check.enum(`filter.states[${index}]`, state, TaskStateSchema, true);
  checkLabels(check, "filter.labels", filter.labels);
  check.timestamp("filter.create_time_from", filter.createTimeFrom);
  check.timestamp("filter.create_time_to", filter.createTimeTo);
  check.timestamp("filter.end_time_from", filter.endTimeFrom);
  check.timestamp("filter.end_time_to", filter.endTimeTo);
}

function checkTokens(
  check: Violations,
  field: string,
  values: readonly string[],
  maxLength: number,
): void {
  check.size(field, values.length, check.limits.maxBatch);
  for (const [index, value] of values.entries())
    check.token(`${field}[${index}]`, value, maxLength);
}
