/** Writes packed records: see record-codec.ts. */
import { viewOf } from "./bytes.ts";
import { endedLength, writeEnded } from "./ended-codec.ts";
import { writeNonce } from "./nonce-codec.ts";
import { HEAD, SECTION_HEAD_BYTES, VERSION } from "./record-codec.ts";
import type { EndedAttempt, TaskRecord } from "./record.ts";

/** Bytes that a character takes at most. */
const CHARACTER_BYTES = 3;

/** The whole record, as it is stored. */
export function encodeRecord(record: TaskRecord): Buffer {
  const writer = new RecordWriter(HEAD.size + record.spec.length);
  writer.head(record);
  writer.middle(record);
  writer.tail(record);
  return writer.done();
}

/** The fixed part. */
export function encodeHead(record: TaskRecord): Buffer {
  const writer = new RecordWriter(HEAD.size);
  writer.head(record);
  return writer.done();
}

/** Writes parts of records one behind the other into one buffer, which grows. */
export class RecordWriter {
  #bytes: Buffer<ArrayBuffer>;
  #view: DataView;
  #size = 0;

  /** `room`: how many bytes are expected. */
  constructor(room: number) {
    this.#bytes = Buffer.allocUnsafeSlow(room);
    this.#view = viewOf(this.#bytes);
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#size;
  }

  /** What was written, in a buffer of its own. The writer must not be used any more. */
  done(): Buffer<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }

  /** The fixed part. */
  head(record: TaskRecord): void {
    const at = this.#size;
    this.#reserve(HEAD.size);
    const view = this.#view;
    // Field by field, and by DataView: a loop over names, or Buffer's writes byte by byte, take three times as long.
    view.setUint8(at + HEAD.version, VERSION);
    view.setUint8(at + HEAD.state, record.state);
    view.setUint16(at + HEAD.flags, record.delivered ? 1 : 0, true);
    view.setInt32(at + HEAD.priority, record.priority, true);
    view.setUint32(at + HEAD.attempt, record.attempt, true);
    view.setUint32(at + HEAD.charged, record.charged, true);
    view.setUint32(at + HEAD.lost, record.lost, true);
    view.setUint32(at + HEAD.undelivered, record.undelivered, true);
    view.setUint32(at + HEAD.manualRetries, record.manualRetries, true);
    view.setUint32(at + HEAD.attemptEvents, record.attemptEvents, true);
    view.setUint32(at + HEAD.attemptOutputs, record.attemptOutputs, true);
    view.setUint32(at + HEAD.outputCount, record.outputCount, true);
    view.setUint32(at + HEAD.outputBytes, record.outputBytes, true);
    view.setUint32(at + HEAD.nameLength, Buffer.byteLength(record.name), true);
    view.setUint32(at + HEAD.queueLength, Buffer.byteLength(record.queue), true);
    view.setUint32(at + HEAD.tagsLength, Buffer.byteLength(joinTags(record.tags)), true);
    view.setUint32(at + HEAD.specLength, record.spec.length, true);
    view.setUint32(at + HEAD.workerLength, Buffer.byteLength(record.workerId), true);
    view.setUint32(at + HEAD.sessionLength, Buffer.byteLength(record.sessionId), true);
    view.setUint32(at + HEAD.stamp, record.stamp, true);
    view.setFloat64(at + HEAD.revision, record.revision, true);
    view.setFloat64(at + HEAD.createdAt, record.createdAt, true);
    view.setFloat64(at + HEAD.dueAt, record.dueAt, true);
    view.setFloat64(at + HEAD.orderAt, record.orderAt, true);
    view.setFloat64(at + HEAD.startedAt, record.startedAt, true);
    view.setFloat64(at + HEAD.attemptStartedAt, record.attemptStartedAt, true);
    view.setFloat64(at + HEAD.updatedAt, record.updatedAt, true);
    view.setFloat64(at + HEAD.endedAt, record.endedAt, true);
    view.setFloat64(at + HEAD.purgeAt, record.purgeAt, true);
    view.setFloat64(at + HEAD.pendingDeadlineAt, record.pendingDeadlineAt, true);
    view.setFloat64(at + HEAD.totalDeadlineAt, record.totalDeadlineAt, true);
    view.setFloat64(at + HEAD.attemptDeadlineAt, record.attemptDeadlineAt, true);
    view.setFloat64(at + HEAD.leaseEndAt, record.leaseEndAt, true);
    view.setFloat64(at + HEAD.forceAt, record.forceAt, true);
    view.setFloat64(at + HEAD.attemptTimeoutMs, record.attemptTimeoutMs, true);
    view.setFloat64(at + HEAD.retentionMs, record.retentionMs, true);
    view.setFloat64(at + HEAD.eventSequence, record.eventSequence, true);
    writeNonce(this.#bytes, at + HEAD.nonce, record.nonce);
    this.#size = at + HEAD.size;
  }

  /** Name, queue, tags and spec: what never changes. */
  middle(record: TaskRecord): void {
    this.#text(record.name);
    this.#text(record.queue);
    this.#text(joinTags(record.tags));
    this.bytes(record.spec);
  }

  /** Worker, session and rest: what changes and has no fixed size. */
  tail(record: TaskRecord): void {
    this.#text(record.workerId);
    this.#text(record.sessionId);
    if (!hasRest(record)) return;
    this.#section(record.cancelReason === "" ? undefined : Buffer.from(record.cancelReason));
    this.#section(record.result);
    this.#section(record.failure);
    this.#section(record.progress);
    this.#section(record.checkpoint);
    for (const ended of record.ended) this.#ended(ended);
  }

  /** These as they are. */
  bytes(content: Uint8Array): void {
    this.#reserve(content.length);
    this.#bytes.set(content, this.#size);
    this.#size += content.length;
  }

  #text(text: string): void {
    if (text === "") return;
    this.#reserve(text.length * CHARACTER_BYTES);
    this.#size += this.#bytes.write(text, this.#size);
  }

  #section(content: Uint8Array | undefined): void {
    this.#sectionHead(content === undefined ? 0 : content.length + 1);
    if (content !== undefined) this.bytes(content);
  }

  #ended(ended: EndedAttempt): void {
    const length = endedLength(ended);
    this.#sectionHead(length + 1);
    this.#reserve(length);
    writeEnded(this.#bytes, this.#view, this.#size, ended);
    this.#size += length;
  }

  #sectionHead(value: number): void {
    this.#reserve(SECTION_HEAD_BYTES);
    this.#view.setUint32(this.#size, value, true);
    this.#size += SECTION_HEAD_BYTES;
  }

  #reserve(more: number): void {
    const wanted = this.#size + more;
    if (wanted <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(wanted, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

/** Most waiting tasks have none of these and spend no byte on them. */
function hasRest(record: TaskRecord): boolean {
  return (
    record.cancelReason !== "" ||
    record.result !== undefined ||
    record.failure !== undefined ||
    record.progress !== undefined ||
    record.checkpoint !== undefined ||
    record.ended.length > 0
  );
}

/** No tag holds a line feed: control characters are refused at the edge. */
function joinTags(tags: readonly string[]): string {
  return tags.length === 0 ? "" : tags.join("\n");
}
