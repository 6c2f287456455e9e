/** Writes the packed record of a task, in place: see packed-task.ts. */
import { viewOf } from "../../core/bytes.ts";
import { writeNonce } from "../../core/nonce-codec.ts";
import { isWaiting, type TaskRecord } from "../../core/record.ts";
import { ATTEMPT, DELIVERED, EVENTS, HEAD, VERSION, WITHOUT_MIDDLE } from "./packed-task.ts";
import { tailLength, writeTail } from "./packed-tail.ts";
import type { ScriptCall } from "./script-call.ts";
import { setU48 } from "./u48.ts";

/** A record that is to be written, and the bytes that its parts will take. */
export interface MeasuredTask {
  readonly record: TaskRecord;
  /** Joined by line feeds. No tag holds one: control characters are refused at the edge. */
  readonly tags: string;
  readonly nameLength: number;
  readonly queueLength: number;
  readonly tagsLength: number;
  readonly workerLength: number;
  readonly sessionLength: number;
  /** Of the attempt part. */
  readonly attemptLength: number;
  readonly middleLength: number;
  readonly tailLength: number;
  /** Of the whole record. */
  readonly length: number;
}

/** Where bytes go, and a view over them. */
type Target = Pick<ScriptCall, "bytes" | "view">;

/** Throws where the names of a worker and its session are longer than 64 KiB. */
export function measureTask(record: TaskRecord): MeasuredTask {
  const tags = record.tags.length === 0 ? "" : record.tags.join("\n");
  const nameLength = lengthOf(record.name);
  const queueLength = lengthOf(record.queue);
  const tagsLength = lengthOf(tags);
  const workerLength = lengthOf(record.workerId);
  const sessionLength = lengthOf(record.sessionId);
  const attemptLength = hasAttempt(record) ? ATTEMPT.size + workerLength + sessionLength : 0;
  if (attemptLength > 0xffff)
    throw new Error(`the names of task ${record.id}'s worker are too long`);
  const middleLength = nameLength + queueLength + tagsLength + record.spec.length;
  const tail = tailLength(record);
  return {
    record,
    tags,
    nameLength,
    queueLength,
    tagsLength,
    workerLength,
    sessionLength,
    attemptLength,
    middleLength,
    tailLength: tail,
    length: HEAD.size + attemptLength + middleLength + tail,
  };
}

/** Bytes of a call, about, to which these records are added, and `beside` bytes of other arguments with each. */
export function callSize(
  tasks: readonly { readonly measured: MeasuredTask }[],
  beside: number,
): number {
  let size = 4096;
  for (const { measured } of tasks) size += measured.length + beside;
  return size;
}

/** Adds the whole record to a call. */
export function addTask(call: ScriptCall, task: MeasuredTask): void {
  const from = call.place(task.length);
  writeTask(call, from, task);
}

/** Adds the record without its middle, which the script takes from what is stored. */
export function addWithoutMiddle(call: ScriptCall, task: MeasuredTask): void {
  const from = call.place(task.length - task.middleLength);
  const tailFrom = writeStart(call, from, task);
  if (task.tailLength > 0) writeTail(call, tailFrom, task.record);
  call.bytes[from + HEAD.version] = VERSION | WITHOUT_MIDDLE;
}

/** The whole record, in bytes of its own. */
export function encodeTask(record: TaskRecord): Buffer {
  const task = measureTask(record);
  const bytes = Buffer.allocUnsafe(task.length);
  writeTask({ bytes, view: viewOf(bytes) }, 0, task);
  return bytes;
}

function writeTask(target: Target, from: number, task: MeasuredTask): void {
  const { record, nameLength, queueLength, tagsLength } = task;
  const { bytes } = target;
  let at = writeStart(target, from, task);
  at = writeText(bytes, at, record.name, nameLength);
  at = writeText(bytes, at, record.queue, queueLength);
  if (tagsLength > 0) at = writeText(bytes, at, task.tags, tagsLength);
  bytes.set(record.spec, at);
  if (task.tailLength > 0) writeTail(target, at + record.spec.length, record);
}

/** Head and attempt part; gives the offset behind them. */
function writeStart({ bytes, view }: Target, from: number, task: MeasuredTask): number {
  const { record } = task;
  // Field by field: a loop over names, or Buffer's writes byte by byte, take three times as long.
  view.setUint8(from + HEAD.version, VERSION);
  view.setUint8(from + HEAD.state, record.state);
  view.setUint8(
    from + HEAD.flags,
    (record.delivered ? DELIVERED : 0) | (record.eventSequence > 0 ? EVENTS : 0),
  );
  view.setUint16(from + HEAD.attemptLength, task.attemptLength, true);
  view.setUint32(from + HEAD.middleLength, task.middleLength, true);
  view.setUint32(from + HEAD.specLength, record.spec.length, true);
  setU48(view, from + HEAD.revision, record.revision);
  setU48(view, from + HEAD.updatedAt, record.updatedAt);
  setU48(view, from + HEAD.attemptTimeoutMs, record.attemptTimeoutMs);
  setU48(view, from + HEAD.pendingDeadlineAt, record.pendingDeadlineAt);
  setU48(view, from + HEAD.totalDeadlineAt, record.totalDeadlineAt);
  view.setUint32(from + HEAD.stamp, record.stamp, true);
  view.setInt16(from + HEAD.priority, record.priority, true);
  setU48(view, from + HEAD.orderAt, record.orderAt);
  setU48(view, from + HEAD.dueAt, record.dueAt);
  setU48(view, from + HEAD.createdAt, record.createdAt);
  setU48(view, from + HEAD.retentionMs, record.retentionMs);
  view.setUint16(from + HEAD.nameLength, task.nameLength, true);
  view.setUint16(from + HEAD.queueLength, task.queueLength, true);
  if (task.attemptLength > 0) writeAttempt(bytes, view, from + HEAD.size, task);
  return from + HEAD.size + task.attemptLength;
}

function writeAttempt(bytes: Buffer, view: DataView, from: number, task: MeasuredTask): void {
  const { record, workerLength, sessionLength } = task;
  view.setUint32(from + ATTEMPT.attempt, record.attempt, true);
  view.setUint32(from + ATTEMPT.charged, record.charged, true);
  setU48(view, from + ATTEMPT.startedAt, record.startedAt);
  setU48(view, from + ATTEMPT.leaseEndAt, record.leaseEndAt);
  setU48(view, from + ATTEMPT.forceAt, record.forceAt);
  setU48(view, from + ATTEMPT.attemptDeadlineAt, record.attemptDeadlineAt);
  setU48(view, from + ATTEMPT.attemptStartedAt, record.attemptStartedAt);
  setU48(view, from + ATTEMPT.endedAt, record.endedAt);
  setU48(view, from + ATTEMPT.purgeAt, record.purgeAt);
  view.setUint32(from + ATTEMPT.attemptEvents, record.attemptEvents, true);
  view.setUint32(from + ATTEMPT.attemptOutputs, record.attemptOutputs, true);
  view.setUint16(from + ATTEMPT.workerLength, workerLength, true);
  view.setUint16(from + ATTEMPT.sessionLength, sessionLength, true);
  writeNonce(bytes, from + ATTEMPT.nonce, record.nonce);
  const sessionFrom = writeText(bytes, from + ATTEMPT.size, record.workerId, workerLength);
  writeText(bytes, sessionFrom, record.sessionId, sessionLength);
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

function lengthOf(text: string): number {
  return text === "" ? 0 : Buffer.byteLength(text);
}

/** Writes a text of that many bytes; gives the offset behind it. */
function writeText(bytes: Buffer, at: number, text: string, length: number): number {
  if (length > 0) bytes.write(text, at, length, length === text.length ? "latin1" : "utf8");
  return at + length;
}
