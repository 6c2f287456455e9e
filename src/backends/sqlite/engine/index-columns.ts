import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { attentionAt, isLeased, isTerminal, isWaiting } from "../../../core/record.ts";

/** What the indexes need of a record, in the order of {@link PLACE_COLUMNS}; see schema.sql. */
export type Place = readonly [
  rank: number | null,
  orderAt: number | null,
  returnedAt: number | null,
  delayedTo: number | null,
  delayedAs: number | null,
  deadlineAt: number | null,
  leaseAt: number | null,
  purgeAt: number | null,
  unsuccessful: number | null,
];

export const PLACE_COLUMNS = [
  "rank",
  "order_at",
  "returned_at",
  "delayed_to",
  "delayed_as",
  "deadline_at",
  "lease_at",
  "purge_at",
  "unsuccessful",
] as const;

/** The state as indexed: a task that is due counts as PENDING. */
export function indexedState(head: Buffer, now: number): TaskState {
  const stored = head[HEAD.state] as TaskState;
  const isDue = isWaiting(stored) && head.readDoubleLE(HEAD.dueAt) <= now;
  return isDue ? TaskState.PENDING : stored;
}

/** Reads it off a record's head. A PENDING task that is not due, by a clock that ran ahead, is ready all the same. */
export function placeOf(head: Buffer, state: TaskState): Place {
  const isReady = state === TaskState.PENDING;
  const isDelayed = state === TaskState.SCHEDULED || state === TaskState.RETRYING;
  const dueAt = head.readDoubleLE(HEAD.dueAt);
  const orderAt = head.readDoubleLE(HEAD.orderAt);
  return [
    isReady ? 0 - head.readInt32LE(HEAD.priority) : null,
    isReady ? orderAt : null,
    isReady && dueAt !== orderAt ? dueAt : null,
    isDelayed ? dueAt : null,
    isDelayed ? state : null,
    isReady || isDelayed ? attentionAtOf(head) || null : null,
    isLeased(state) ? attentionAtOf(head) : null,
    isTerminal(state) ? head.readDoubleLE(HEAD.purgeAt) : null,
    state > TaskState.SUCCEEDED ? state : null,
  ];
}

/** When the rescuer must look at the record of this head; 0: never. */
export function attentionAtOf(head: Buffer): number {
  return attentionAt({
    state: head[HEAD.state] as TaskState,
    leaseEndAt: head.readDoubleLE(HEAD.leaseEndAt),
    forceAt: head.readDoubleLE(HEAD.forceAt),
    startedAt: head.readDoubleLE(HEAD.startedAt),
    pendingDeadlineAt: head.readDoubleLE(HEAD.pendingDeadlineAt),
    totalDeadlineAt: head.readDoubleLE(HEAD.totalDeadlineAt),
  });
}
