/** What callers and deadlines do to a task, apart from its attempts. */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../record.ts";
import { move, terminal } from "./state-table.ts";

/** A waiting task ends unstarted or between attempts: CANCELED, EXPIRED, or FAILED. */
export function endWaiting(
  record: TaskRecord,
  state: typeof TaskState.CANCELED | typeof TaskState.EXPIRED | typeof TaskState.FAILED,
  end: { readonly now: number; readonly failure: Uint8Array; readonly cancelReason?: string },
): TaskRecord {
  return move(record, state, end.now, {
    ...terminal(record, end.now),
    failure: end.failure,
    cancelReason: end.cancelReason ?? record.cancelReason,
  });
}

/** RUNNING → CANCELING, or an earlier end of the grace of one that is. */
export function requestCancel(
  record: TaskRecord,
  params: { readonly now: number; readonly reason: string; readonly forceAt: number },
): TaskRecord {
  return move(record, TaskState.CANCELING, params.now, {
    cancelReason: record.state === TaskState.CANCELING ? record.cancelReason : params.reason,
    forceAt: params.forceAt,
  });
}

/** Terminal → PENDING with fresh budgets; history goes on. */
export function retryByHand(
  record: TaskRecord,
  params: {
    readonly now: number;
    readonly pendingTimeoutMs: number;
    readonly totalTimeoutMs: number;
  },
): TaskRecord {
  const { now } = params;
  return move(record, TaskState.PENDING, now, {
    dueAt: now,
    orderAt: now,
    startedAt: 0,
    endedAt: 0,
    purgeAt: 0,
    pendingDeadlineAt: params.pendingTimeoutMs === 0 ? 0 : now + params.pendingTimeoutMs,
    totalDeadlineAt: params.totalTimeoutMs === 0 ? 0 : now + params.totalTimeoutMs,
    charged: 0,
    lost: 0,
    undelivered: 0,
    manualRetries: record.manualRetries + 1,
    cancelReason: "",
    result: undefined,
    failure: undefined,
    progress: undefined,
  });
}

/** A waiting task takes another time or priority; deadlines move with the time. */
export function reschedule(
  record: TaskRecord,
  params: { readonly now: number; readonly dueAt?: number; readonly priority?: number },
): TaskRecord {
  const { now, dueAt, priority = record.priority } = params;
  if (dueAt === undefined) return move(record, record.state, now, { priority });
  const shift = dueAt - record.dueAt;
  // What has started runs against its deadline already: an earlier attempt must cost it no time.
  const totalShift = record.startedAt === 0 ? shift : Math.max(0, shift);
  const state =
    record.state === TaskState.RETRYING
      ? TaskState.RETRYING
      : dueAt > now
        ? TaskState.SCHEDULED
        : TaskState.PENDING;
  return move(record, state, now, {
    priority,
    dueAt,
    orderAt: dueAt,
    pendingDeadlineAt: record.pendingDeadlineAt === 0 ? 0 : record.pendingDeadlineAt + shift,
    totalDeadlineAt: record.totalDeadlineAt === 0 ? 0 : record.totalDeadlineAt + totalShift,
  });
}
