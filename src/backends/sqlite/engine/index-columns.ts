import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { attentionAt, isWaiting } from "../../../core/record.ts";

/** What the indexes need of a record, in the order of {@link INDEX_COLUMNS}. */
export type IndexValues = readonly [
  revision: number,
  /** See schema.sql: a task that is due counts as PENDING. */
  state: TaskState,
  rank: number,
  orderAt: number,
  dueAt: number,
  attentionAt: number,
  purgeAt: number,
];

export const INDEX_COLUMNS = [
  "revision",
  "state",
  "rank",
  "order_at",
  "due_at",
  "attention_at",
  "purge_at",
] as const;

/** Reads them off a record's head. */
export function indexValues(head: Buffer, now: number): IndexValues {
  const stored = head[HEAD.state] as TaskState;
  const dueAt = head.readDoubleLE(HEAD.dueAt);
  return [
    head.readDoubleLE(HEAD.revision),
    isWaiting(stored) && dueAt <= now ? TaskState.PENDING : stored,
    0 - head.readInt32LE(HEAD.priority),
    head.readDoubleLE(HEAD.orderAt),
    dueAt,
    attentionAtOf(head, stored),
    head.readDoubleLE(HEAD.purgeAt),
  ];
}

/** When the rescuer must look at the record of this head; 0: never. */
export function attentionAtOf(head: Buffer, state = head[HEAD.state] as TaskState): number {
  return attentionAt({
    state,
    leaseEndAt: head.readDoubleLE(HEAD.leaseEndAt),
    forceAt: head.readDoubleLE(HEAD.forceAt),
    startedAt: head.readDoubleLE(HEAD.startedAt),
    pendingDeadlineAt: head.readDoubleLE(HEAD.pendingDeadlineAt),
    totalDeadlineAt: head.readDoubleLE(HEAD.totalDeadlineAt),
  });
}
