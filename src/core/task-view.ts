/** A record as the Task message that callers see. */
import { create, fromBinary } from "@bufbuild/protobuf";
import {
  AttemptSchema,
  FailureSchema,
  PayloadSchema,
  ProgressSchema,
  TaskSchema,
  TaskState,
  TaskView,
  type Attempt,
  type Failure,
  type Task,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { optionalTimestamp, toTimestamp } from "./duration.ts";
import { stateAt, type TaskRecord } from "./record.ts";
import { decodeSpec } from "./spec.ts";
import { currentAttempt } from "./transitions.ts";

/** BASIC has no payload, result, stack traces and attempts; RESULT adds the result; FULL has all. */
export function toTask(
  record: TaskRecord,
  view: typeof TaskView.BASIC | typeof TaskView.RESULT | typeof TaskView.FULL,
  now: number,
): Task {
  const full = view === TaskView.FULL;
  const spec = decodeSpec(record.spec);
  // Reschedule may have moved the priority since the spec was written.
  spec.options.priority = record.priority;
  if (!full) spec.payload = undefined;
  const state = stateAt(record, now);
  return create(TaskSchema, {
    taskId: record.id,
    spec,
    state,
    revision: BigInt(record.revision),
    attemptCount: record.charged,
    lostLeaseCount: record.lost,
    manualRetryCount: record.manualRetries,
    createTime: toTimestamp(record.createdAt),
    scheduleTime: toTimestamp(record.dueAt),
    startTime: optionalTimestamp(record.startedAt),
    updateTime: toTimestamp(record.updatedAt),
    endTime: optionalTimestamp(record.endedAt),
    nextAttemptTime: state === TaskState.RETRYING ? toTimestamp(record.dueAt) : undefined,
    purgeTime: optionalTimestamp(record.purgeAt),
    result:
      view === TaskView.BASIC || record.result === undefined
        ? undefined
        : fromBinary(PayloadSchema, record.result),
    failure: record.failure === undefined ? undefined : failureOf(record.failure, full),
    progress:
      record.progress === undefined ? undefined : fromBinary(ProgressSchema, record.progress),
    workerId: record.workerId,
    cancelReason: record.cancelReason,
    attempts: full ? attemptsOf(record) : [],
  });
}

function failureOf(bytes: Uint8Array, full: boolean): Failure {
  const failure = fromBinary(FailureSchema, bytes);
  if (!full) dropStackTraces(failure);
  return failure;
}

function dropStackTraces(failure: Failure): void {
  failure.stackTrace = "";
  if (failure.cause !== undefined) dropStackTraces(failure.cause);
}

function attemptsOf(record: TaskRecord): Attempt[] {
  const attempts = record.ended.map((ended) => fromBinary(AttemptSchema, ended.body));
  const current = currentAttempt(record);
  return current === undefined ? attempts : [...attempts, current];
}
