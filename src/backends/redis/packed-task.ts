/**
 * The record of a task as Redis keeps it: one string, made small for what waits and cheap for scripts.
 *
 *   head | attempt | name | queue | tags | spec | tail
 *
 * The head has a fixed size. What only a task has that was handed out or has ended is in the attempt part, and what few have
 * is in the tail; both are empty where all of it is unset. Name to spec are the *middle*, which never changes and need not be
 * sent again. Numbers are little-endian.
 */
import type { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isWaiting, type TaskRecord } from "../../core/record.ts";
import { decodeTail, encodeTail, NO_TAIL } from "./packed-tail.ts";
import { getU48, setU48 } from "./u48.ts";

/**
 * Offsets in the head; a field ends where the next one starts. Of 1, 2, 4 or 6 bytes, unsigned save the priority. What
 * scripts read and rewrite most comes first.
 */
export const HEAD = {
  version: 0,
  state: 1,
  /** Bit 0: delivered; bit 1: there are, or were, events. */
  flags: 2,
  /** Bytes of the attempt part. */
  attemptLength: 3,
  /** Bytes of the middle. */
  middleLength: 5,
  specLength: 9,
  revision: 13,
  updatedAt: 19,
  attemptTimeoutMs: 25,
  pendingDeadlineAt: 31,
  totalDeadlineAt: 37,
  stamp: 43,
  priority: 47,
  orderAt: 49,
  dueAt: 55,
  createdAt: 61,
  retentionMs: 67,
  nameLength: 73,
  queueLength: 75,
  size: 77,
} as const;

/** Offsets in the attempt part; worker and session follow. The nonce is 16 raw bytes. */
export const ATTEMPT = {
  attempt: 0,
  charged: 4,
  startedAt: 8,
  leaseEndAt: 14,
  forceAt: 20,
  attemptDeadlineAt: 26,
  attemptStartedAt: 32,
  endedAt: 38,
  purgeAt: 44,
  attemptEvents: 50,
  attemptOutputs: 54,
  workerLength: 58,
  sessionLength: 60,
  nonce: 62,
  size: 78,
} as const;

/** Bits of the flags. */
export const DELIVERED = 1;
export const EVENTS = 2;
/** The first byte of a record. */
export const VERSION = 2;
const NO_NONCE = "0".repeat(32);

/** Added to the version of a record that is sent without its middle. */
export const WITHOUT_MIDDLE = 0x80;

/** The whole record. */
export function encodeTask(record: TaskRecord): Buffer {
  const middle = Buffer.from(record.name + record.queue + joinTags(record.tags));
  return Buffer.concat([encodeStart(record), middle, record.spec, encodeTail(record)]);
}

/** The record without its middle, which the script takes from what is stored. */
export function encodeWithoutMiddle(record: TaskRecord): Buffer {
  const bytes = Buffer.concat([encodeStart(record), encodeTail(record)]);
  bytes[HEAD.version] = VERSION | WITHOUT_MIDDLE;
  return bytes;
}

/** Reads a whole record. The bytes of spec, result and the like are views into `bytes`. */
export function decodeTask(id: string, bytes: Buffer): TaskRecord {
  const version = bytes[HEAD.version];
  if (version !== VERSION) throw new Error(`record of task ${id} has unknown version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const attemptLength = view.getUint16(HEAD.attemptLength, true);
  const nameFrom = HEAD.size + attemptLength;
  const queueFrom = nameFrom + view.getUint16(HEAD.nameLength, true);
  const tagsFrom = queueFrom + view.getUint16(HEAD.queueLength, true);
  const specTo = nameFrom + view.getUint32(HEAD.middleLength, true);
  const specFrom = specTo - view.getUint32(HEAD.specLength, true);
  return {
    id,
    name: bytes.toString("utf8", nameFrom, queueFrom),
    queue: bytes.toString("utf8", queueFrom, tagsFrom),
    tags: specFrom === tagsFrom ? [] : bytes.toString("utf8", tagsFrom, specFrom).split("\n"),
    spec: bytes.subarray(specFrom, specTo),
    state: bytes[HEAD.state] as TaskState,
    delivered: (bytes[HEAD.flags]! & DELIVERED) !== 0,
    revision: getU48(view, HEAD.revision),
    updatedAt: getU48(view, HEAD.updatedAt),
    attemptTimeoutMs: getU48(view, HEAD.attemptTimeoutMs),
    pendingDeadlineAt: getU48(view, HEAD.pendingDeadlineAt),
    totalDeadlineAt: getU48(view, HEAD.totalDeadlineAt),
    stamp: view.getUint32(HEAD.stamp, true),
    priority: view.getInt16(HEAD.priority, true),
    orderAt: getU48(view, HEAD.orderAt),
    dueAt: getU48(view, HEAD.dueAt),
    createdAt: getU48(view, HEAD.createdAt),
    retentionMs: getU48(view, HEAD.retentionMs),
    ...(attemptLength === 0 ? NO_ATTEMPT : decodeAttempt(bytes, view)),
    ...(specTo === bytes.length ? NO_TAIL : decodeTail(bytes.subarray(specTo))),
  };
}

type AttemptPart = Pick<
  TaskRecord,
  | Exclude<keyof typeof ATTEMPT, "size" | "workerLength" | "sessionLength">
  | "workerId"
  | "sessionId"
>;

const NO_ATTEMPT: AttemptPart = {
  attempt: 0,
  charged: 0,
  startedAt: 0,
  leaseEndAt: 0,
  forceAt: 0,
  attemptDeadlineAt: 0,
  attemptStartedAt: 0,
  endedAt: 0,
  purgeAt: 0,
  attemptEvents: 0,
  attemptOutputs: 0,
  nonce: "",
  workerId: "",
  sessionId: "",
};

function decodeAttempt(bytes: Buffer, view: DataView): AttemptPart {
  const from = HEAD.size;
  const workerFrom = from + ATTEMPT.size;
  const sessionFrom = workerFrom + view.getUint16(from + ATTEMPT.workerLength, true);
  const sessionTo = sessionFrom + view.getUint16(from + ATTEMPT.sessionLength, true);
  const nonce = bytes.toString("hex", from + ATTEMPT.nonce, from + ATTEMPT.nonce + 16);
  return {
    attempt: view.getUint32(from + ATTEMPT.attempt, true),
    charged: view.getUint32(from + ATTEMPT.charged, true),
    startedAt: getU48(view, from + ATTEMPT.startedAt),
    leaseEndAt: getU48(view, from + ATTEMPT.leaseEndAt),
    forceAt: getU48(view, from + ATTEMPT.forceAt),
    attemptDeadlineAt: getU48(view, from + ATTEMPT.attemptDeadlineAt),
    attemptStartedAt: getU48(view, from + ATTEMPT.attemptStartedAt),
    endedAt: getU48(view, from + ATTEMPT.endedAt),
    purgeAt: getU48(view, from + ATTEMPT.purgeAt),
    attemptEvents: view.getUint32(from + ATTEMPT.attemptEvents, true),
    attemptOutputs: view.getUint32(from + ATTEMPT.attemptOutputs, true),
    nonce: nonce === NO_NONCE ? "" : nonce,
    workerId: bytes.toString("utf8", workerFrom, sessionFrom),
    sessionId: bytes.toString("utf8", sessionFrom, sessionTo),
  };
}

/** Head and attempt part. */
function encodeStart(record: TaskRecord): Buffer {
  const names = record.workerId + record.sessionId;
  const attemptLength = hasAttempt(record) ? ATTEMPT.size + Buffer.byteLength(names) : 0;
  if (attemptLength > 0xffff)
    throw new Error(`the names of task ${record.id}'s worker are too long`);
  const bytes = Buffer.allocUnsafe(HEAD.size + attemptLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Field by field: a loop over names, or Buffer's writes byte by byte, take three times as long.
  const tagsLength = Buffer.byteLength(joinTags(record.tags));
  const nameLength = Buffer.byteLength(record.name);
  const queueLength = Buffer.byteLength(record.queue);
  const middleLength = nameLength + queueLength + tagsLength + record.spec.length;
  view.setUint8(HEAD.version, VERSION);
  view.setUint8(HEAD.state, record.state);
  view.setUint8(
    HEAD.flags,
    (record.delivered ? DELIVERED : 0) | (record.eventSequence > 0 ? EVENTS : 0),
  );
  view.setUint16(HEAD.attemptLength, attemptLength, true);
  view.setUint32(HEAD.middleLength, middleLength, true);
  view.setUint32(HEAD.specLength, record.spec.length, true);
  setU48(view, HEAD.revision, record.revision);
  setU48(view, HEAD.updatedAt, record.updatedAt);
  setU48(view, HEAD.attemptTimeoutMs, record.attemptTimeoutMs);
  setU48(view, HEAD.pendingDeadlineAt, record.pendingDeadlineAt);
  setU48(view, HEAD.totalDeadlineAt, record.totalDeadlineAt);
  view.setUint32(HEAD.stamp, record.stamp, true);
  view.setInt16(HEAD.priority, record.priority, true);
  setU48(view, HEAD.orderAt, record.orderAt);
  setU48(view, HEAD.dueAt, record.dueAt);
  setU48(view, HEAD.createdAt, record.createdAt);
  setU48(view, HEAD.retentionMs, record.retentionMs);
  view.setUint16(HEAD.nameLength, nameLength, true);
  view.setUint16(HEAD.queueLength, queueLength, true);
  if (attemptLength > 0) encodeAttempt(record, bytes.subarray(HEAD.size));
  return bytes;
}

function encodeAttempt(record: TaskRecord, bytes: Buffer): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(ATTEMPT.attempt, record.attempt, true);
  view.setUint32(ATTEMPT.charged, record.charged, true);
  setU48(view, ATTEMPT.startedAt, record.startedAt);
  setU48(view, ATTEMPT.leaseEndAt, record.leaseEndAt);
  setU48(view, ATTEMPT.forceAt, record.forceAt);
  setU48(view, ATTEMPT.attemptDeadlineAt, record.attemptDeadlineAt);
  setU48(view, ATTEMPT.attemptStartedAt, record.attemptStartedAt);
  setU48(view, ATTEMPT.endedAt, record.endedAt);
  setU48(view, ATTEMPT.purgeAt, record.purgeAt);
  view.setUint32(ATTEMPT.attemptEvents, record.attemptEvents, true);
  view.setUint32(ATTEMPT.attemptOutputs, record.attemptOutputs, true);
  view.setUint16(ATTEMPT.workerLength, Buffer.byteLength(record.workerId), true);
  view.setUint16(ATTEMPT.sessionLength, Buffer.byteLength(record.sessionId), true);
  bytes.write(record.nonce === "" ? NO_NONCE : record.nonce, ATTEMPT.nonce, 16, "hex");
  bytes.write(record.workerId + record.sessionId, ATTEMPT.size, "utf8");
}

function hasAttempt(record: TaskRecord): boolean {
  return (
    // Scripts rely on it where a task is leased or has ended.
    !isWaiting(record.state) ||
    record.attempt !== 0 ||
    record.charged !== 0 ||
    record.startedAt !== 0 ||
    record.nonce !== "" ||
    record.endedAt !== 0 ||
    record.purgeAt !== 0 ||
    record.attemptStartedAt !== 0 ||
    record.attemptDeadlineAt !== 0 ||
    record.leaseEndAt !== 0 ||
    record.forceAt !== 0 ||
    record.attemptEvents !== 0 ||
    record.attemptOutputs !== 0 ||
    record.workerId !== "" ||
    record.sessionId !== ""
  );
}

/** No tag holds a line feed: control characters are refused at the edge. */
function joinTags(tags: readonly string[]): string {
  return tags.join("\n");
}
