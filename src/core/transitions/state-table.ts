/** Which state may follow which, and the one function that moves a record to the next. */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../errors.ts";
import { newStamp } from "../ids.ts";
import type { TaskRecord } from "../record.ts";
import { stateName } from "../state-names.ts";

const WAITING = [TaskState.SCHEDULED, TaskState.PENDING, TaskState.RETRYING] as const;

/** States that nothing follows, save a retry by hand. */
export const TERMINAL_STATES = [
  TaskState.SUCCEEDED,
  TaskState.FAILED,
  TaskState.CANCELED,
  TaskState.EXPIRED,
] as const;
const FROM_WAITING = [
  ...WAITING,
  TaskState.RUNNING,
  TaskState.CANCELED,
  TaskState.EXPIRED,
  TaskState.FAILED,
] as const;

/** States that may follow; everything else is refused. */
const FOLLOWS: Readonly<Record<number, readonly TaskState[]>> = {
  [TaskState.SCHEDULED]: FROM_WAITING,
  [TaskState.PENDING]: FROM_WAITING,
  [TaskState.RETRYING]: FROM_WAITING,
  [TaskState.RUNNING]: [
    TaskState.RUNNING,
    ...WAITING,
    TaskState.CANCELING,
    TaskState.SUCCEEDED,
    TaskState.FAILED,
    TaskState.CANCELED,
  ],
  [TaskState.CANCELING]: [
    TaskState.CANCELING,
    TaskState.SUCCEEDED,
    TaskState.FAILED,
    TaskState.CANCELED,
  ],
  [TaskState.SUCCEEDED]: WAITING,
  [TaskState.FAILED]: WAITING,
  [TaskState.CANCELED]: WAITING,
  [TaskState.EXPIRED]: WAITING,
};

/** Whether the table lets `to` follow `from`. */
export function mayFollow(from: TaskState, to: TaskState): boolean {
  return FOLLOWS[from]?.includes(to) ?? false;
}

/** INTERNAL where the table does not let a record's next state be this one. */
export function mustFollow(record: TaskRecord, to: TaskState): void {
  if (mayFollow(record.state, to)) return;
  const names = `${stateName(record.state)} to ${stateName(to)}`;
  throw new QTasksError("INTERNAL", `task ${record.id} can't go from ${names}`);
}

/**
 * The record in another state, one revision on, with a stamp of its own: two servers may make the same of
 * a record in the same millisecond, and one of them has lost. INTERNAL where the state may not follow.
 */
export function move(
  record: TaskRecord,
  state: TaskState,
  now: number,
  patch: Partial<TaskRecord> = {},
): TaskRecord {
  mustFollow(record, state);
  const revision = record.revision + 1;
  return { ...record, stamp: newStamp(), ...patch, state, revision, updatedAt: now };
}

/** What every terminal state does to a record. */
export function terminal(record: TaskRecord, now: number): Partial<TaskRecord> {
  return {
    endedAt: now,
    purgeAt: now + record.retentionMs,
    checkpoint: undefined,
    pendingDeadlineAt: 0,
    totalDeadlineAt: 0,
  };
}
