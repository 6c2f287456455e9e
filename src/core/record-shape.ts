/**
 * One hidden class for all records. V8 settles how an object keeps a property by the values that it has seen,
 * and when others come it makes a new class: code that was compiled before goes on making objects of the old one,
 * each of which is converted when it is first read (measured: 2.4 µs and 290 bytes per enqueue).
 *
 * So the first records of a process have seen everything. The times are unset in one of them: what may be no
 * number is kept as a reference, and copies of a record share the number instead of boxing it anew (measured: 800
 * bytes less for a task, from enqueue to end). Records must then be made by literals of all properties in the
 * order of `TaskRecord`, or by `{ ...record, … }`.
 */
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "./record.ts";

/** Kept, as a class is forgotten with its last object. */
export const RECORD_SHAPES: readonly TaskRecord[] = [undefined, 0, 0.5].map(shapedBy);

/** `number`: where there may be numbers of more than 31 bits. */
function shapedBy(number: number | undefined): TaskRecord {
  const some = number as number;
  return {
    id: "",
    name: "",
    queue: "",
    spec: new Uint8Array(),
    tags: [],
    attemptTimeoutMs: some,
    retentionMs: some,
    createdAt: some,
    state: TaskState.UNSPECIFIED,
    revision: some,
    stamp: some,
    priority: 0,
    dueAt: some,
    orderAt: some,
    startedAt: some,
    updatedAt: some,
    endedAt: some,
    purgeAt: some,
    pendingDeadlineAt: some,
    totalDeadlineAt: some,
    attempt: 0,
    charged: 0,
    lost: 0,
    undelivered: 0,
    manualRetries: 0,
    nonce: "",
    leaseEndAt: some,
    delivered: false,
    attemptStartedAt: some,
    attemptDeadlineAt: some,
    forceAt: some,
    workerId: "",
    sessionId: "",
    eventSequence: some,
    attemptEvents: 0,
    attemptOutputs: 0,
    outputCount: 0,
    outputBytes: 0,
    cancelReason: "",
    result: undefined,
    failure: undefined,
    progress: undefined,
    checkpoint: undefined,
    ended: [],
  };
}
