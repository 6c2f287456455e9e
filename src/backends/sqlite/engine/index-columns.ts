import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { attentionAt, isWaiting } from "../../../core/record.ts";

/** What the indexes need of a record, read off its head. */
export interface IndexColumns {
  readonly revision: number;
  /** See schema.sql: a task that is due counts as PENDING. */
  readonly state: TaskState;
  readonly rank: number;
  readonly orderAt: number;
  readonly dueAt: number;
  readonly attentionAt: number;
  readonly createdAt: number;
  readonly purgeAt: number;
}

export function indexColumns(head: Buffer, now: number): IndexColumns {
  const stored = head[HEAD.state] as TaskState;
  const dueAt = head.readDoubleLE(HEAD.dueAt);
  return {
    revision: head.readDoubleLE(HEAD.revision),
    state: indexedState(stored, dueAt, now),
    rank: 0 - head.readInt32LE(HEAD.priority),
    orderAt: head.readDoubleLE(HEAD.orderAt),
    dueAt,
    attentionAt: attentionAt({
      state: stored,
      leaseEndAt: head.readDoubleLE(HEAD.leaseEndAt),
      forceAt: head.readDoubleLE(HEAD.forceAt),
      startedAt: head.readDoubleLE(HEAD.startedAt),
      pendingDeadlineAt: head.readDoubleLE(HEAD.pendingDeadlineAt),
      totalDeadlineAt: head.readDoubleLE(HEAD.totalDeadlineAt),
    }),
    createdAt: head.readDoubleLE(HEAD.createdAt),
    purgeAt: head.readDoubleLE(HEAD.purgeAt),
  };
}

function indexedState(stored: TaskState, dueAt: number, now: number): TaskState {
  return isWaiting(stored) && dueAt <= now ? TaskState.PENDING : stored;
}
