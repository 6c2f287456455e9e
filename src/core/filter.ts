/** Evaluates a TaskFilter on records; what a storage has no index for is decided here. */
import { fromBinary } from "@bufbuild/protobuf";
import { FailureSchema, type TaskFilter, type TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs } from "./duration.ts";
import { isTerminal, stateAt, type TaskRecord } from "./record.ts";
import { labelTag, parentTag, uniqueOf } from "./tags.ts";

export type RecordPredicate = (record: TaskRecord, now: number) => boolean;

/**
 * A predicate for the filter: all set fields match, a repeated one by any of its values. Times are
 * half-open. `cutoffAt` leaves out what was created, or ended, at that time or later; 0: no limit.
 */
export function recordPredicate(filter: TaskFilter, cutoffAt = 0): RecordPredicate {
  const tests: RecordPredicate[] = [];
  const oneOf = <T>(values: readonly T[], value: (record: TaskRecord, now: number) => T): void => {
    if (values.length === 0) return;
    const wanted = new Set(values);
    tests.push((record, now) => wanted.has(value(record, now)));
  };
  oneOf<TaskState>(filter.states, (record, now) => stateAt(record, now));
  oneOf(filter.queues, (record) => record.queue);
  oneOf(filter.names, (record) => record.name);
  oneOf(filter.workerIds, (record) => record.workerId);
  oneOf(filter.taskIds, (record) => record.id);
  oneOf(filter.uniqueKeys, (record) => uniqueOf(record.tags)?.[1] ?? "");
  for (const [key, value] of Object.entries(filter.labels)) {
    const tag = labelTag(key, value);
    tests.push((record) => record.tags.includes(tag));
  }
  if (filter.parentTaskIds.length > 0) {
    const tags = new Set(filter.parentTaskIds.map(parentTag));
    tests.push((record) => record.tags.some((tag) => tags.has(tag)));
  }
  if (filter.failureTypes.length > 0) {
    const types = new Set(filter.failureTypes);
    tests.push(
      (record) =>
        record.failure !== undefined && types.has(fromBinary(FailureSchema, record.failure).type),
    );
  }
  const { createTimeFrom, createTimeTo, endTimeFrom, endTimeTo } = filter;
  if (createTimeFrom !== undefined) {
    const from = timestampMs(createTimeFrom);
    tests.push((record) => record.createdAt >= from);
  }
  if (createTimeTo !== undefined) {
    const to = timestampMs(createTimeTo);
    tests.push((record) => record.createdAt < to);
  }
  if (endTimeFrom !== undefined) {
    const from = timestampMs(endTimeFrom);
    tests.push((record) => record.endedAt !== 0 && record.endedAt >= from);
  }
  if (endTimeTo !== undefined) {
    const to = timestampMs(endTimeTo);
    tests.push((record) => record.endedAt !== 0 && record.endedAt < to);
  }
  if (cutoffAt > 0) {
    tests.push(
      (record) =>
        record.createdAt < cutoffAt && (!isTerminal(record.state) || record.endedAt < cutoffAt),
    );
  }
  return (record, now) => tests.every((test) => test(record, now));
}

/** The filter sets nothing but queues and states, so that counters answer it. */
export function isCounted(filter: TaskFilter): boolean {
  return (
    filter.names.length === 0 &&
    Object.keys(filter.labels).length === 0 &&
    filter.createTimeFrom === undefined &&
    filter.createTimeTo === undefined &&
    filter.endTimeFrom === undefined &&
    filter.endTimeTo === undefined &&
    filter.workerIds.length === 0 &&
    filter.parentTaskIds.length === 0 &&
    filter.failureTypes.length === 0 &&
    filter.uniqueKeys.length === 0 &&
    filter.taskIds.length === 0
  );
}

/** No field is set. */
export function isEmptyFilter(filter: TaskFilter): boolean {
  return isCounted(filter) && filter.queues.length === 0 && filter.states.length === 0;
}
