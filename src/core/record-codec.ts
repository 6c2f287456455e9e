/**
 * The packed form of a record: a head of fixed size, which scripts inside a datastore can patch
 * at known offsets, then the parts of varying length.
 *
 *   head | name | queue | tags | spec | worker | session | rest
 *
 * Numbers are little-endian. All up to and including the spec never changes, so that a write sends
 * head and tail only ({@link encodeHead}, {@link encodeTail}) and the datastore keeps the middle.
 */
import type { AttemptState, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { EndedAttempt, TaskRecord } from "./record.ts";

/** Offsets in the head. `u8`, `i32`, `u32`, `f64` as in DataView; the nonce is 16 raw bytes. */
export const HEAD = {
  version: 0, // u8
  state: 1, // u8
  flags: 2, // u8, bit 0: delivered
  priority: 4, // i32
  attempt: 8, // u32
  charged: 12,
  lost: 16,
  undelivered: 20,
  manualRetries: 24,
  attemptEvents: 28,
  attemptOutputs: 32,
  outputCount: 36,
  outputBytes: 40,
  nameLength: 44,
  queueLength: 48,
  tagsLength: 52,
  specLength: 56,
  workerLength: 60,
  sessionLength: 64,
  stamp: 68,
  revision: 72, // f64 from here on
  createdAt: 80,
  dueAt: 88,
  orderAt: 96,
  startedAt: 104,
  attemptStartedAt: 112,
  updatedAt: 120,
  endedAt: 128,
  purgeAt: 136,
  pendingDeadlineAt: 144,
  totalDeadlineAt: 152,
  attemptDeadlineAt: 160,
  leaseEndAt: 168,
  forceAt: 176,
  attemptTimeoutMs: 184,
  retentionMs: 192,
  eventSequence: 200,
  nonce: 208,
  size: 224,
} as const;

const VERSION = 1;
const NO_NONCE = "0".repeat(32);

/** The fixed part. */
export function encodeHead(record: TaskRecord): Buffer {
  const head = Buffer.allocUnsafe(HEAD.size);
  // Field by field, and by DataView: a loop over names, or Buffer's writes byte by byte, take three times as long.
  const view = new DataView(head.buffer, head.byteOffset, HEAD.size);
  view.setUint32(HEAD.version, VERSION, true);
  head[HEAD.state] = record.state;
  head[HEAD.flags] = record.delivered ? 1 : 0;
  view.setInt32(HEAD.priority, record.priority, true);
  view.setUint32(HEAD.attempt, record.attempt, true);
  view.setUint32(HEAD.charged, record.charged, true);
  view.setUint32(HEAD.lost, record.lost, true);
  view.setUint32(HEAD.undelivered, record.undelivered, true);
  view.setUint32(HEAD.manualRetries, record.manualRetries, true);
  view.setUint32(HEAD.attemptEvents, record.attemptEvents, true);
  view.setUint32(HEAD.attemptOutputs, record.attemptOutputs, true);
  view.setUint32(HEAD.outputCount, record.outputCount, true);
  view.setUint32(HEAD.outputBytes, record.outputBytes, true);
  view.setUint32(HEAD.nameLength, Buffer.byteLength(record.name), true);
  view.setUint32(HEAD.queueLength, Buffer.byteLength(record.queue), true);
  view.setUint32(HEAD.tagsLength, Buffer.byteLength(joinTags(record.tags)), true);
  view.setUint32(HEAD.specLength, record.spec.length, true);
  view.setUint32(HEAD.workerLength, Buffer.byteLength(record.workerId), true);
  view.setUint32(HEAD.sessionLength, Buffer.byteLength(record.sessionId), true);
  view.setUint32(HEAD.stamp, record.stamp, true);
  view.setFloat64(HEAD.revision, record.revision, true);
  view.setFloat64(HEAD.createdAt, record.createdAt, true);
  view.setFloat64(HEAD.dueAt, record.dueAt, true);
  view.setFloat64(HEAD.orderAt, record.orderAt, true);
  view.setFloat64(HEAD.startedAt, record.startedAt, true);
  view.setFloat64(HEAD.attemptStartedAt, record.attemptStartedAt, true);
  view.setFloat64(HEAD.updatedAt, record.updatedAt, true);
  view.setFloat64(HEAD.endedAt, record.endedAt, true);
  view.setFloat64(HEAD.purgeAt, record.purgeAt, true);
  view.setFloat64(HEAD.pendingDeadlineAt, record.pendingDeadlineAt, true);
  view.setFloat64(HEAD.totalDeadlineAt, record.totalDeadlineAt, true);
  view.setFloat64(HEAD.attemptDeadlineAt, record.attemptDeadlineAt, true);
  view.setFloat64(HEAD.leaseEndAt, record.leaseEndAt, true);
  view.setFloat64(HEAD.forceAt, record.forceAt, true);
  view.setFloat64(HEAD.attemptTimeoutMs, record.attemptTimeoutMs, true);
  view.setFloat64(HEAD.retentionMs, record.retentionMs, true);
  view.setFloat64(HEAD.eventSequence, record.eventSequence, true);
  head.write(record.nonce === "" ? NO_NONCE : record.nonce, HEAD.nonce, 16, "hex");
  return head;
}

/** Name, queue, tags and spec: what never changes. */
export function encodeMiddle(record: TaskRecord): Buffer {
  return Buffer.concat([
    Buffer.from(record.name + record.queue + joinTags(record.tags)),
    record.spec,
  ]);
}

/** Worker, session and rest: what changes and has no fixed size. */
export function encodeTail(record: TaskRecord): Buffer {
  const parts: Uint8Array[] = [Buffer.from(record.workerId + record.sessionId)];
  const section = (bytes: Uint8Array | undefined): void => {
    // Length 0 is "unset", so that an empty payload can be told from none.
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(bytes === undefined ? 0 : bytes.length + 1);
    parts.push(length);
    if (bytes !== undefined) parts.push(bytes);
  };
  if (!hasRest(record)) return Buffer.concat(parts);
  section(record.cancelReason === "" ? undefined : Buffer.from(record.cancelReason));
  section(record.result);
  section(record.failure);
  section(record.progress);
  section(record.checkpoint);
  for (const ended of record.ended) section(encodeEnded(ended));
  return Buffer.concat(parts);
}

/** The whole record, as it is stored. */
export function encodeRecord(record: TaskRecord): Buffer {
  return Buffer.concat([encodeHead(record), encodeMiddle(record), encodeTail(record)]);
}

/** Reads {@link encodeRecord}. The bytes of spec, result and the like are views into `bytes`. */
export function decodeRecord(id: string, bytes: Buffer): TaskRecord {
  const version = bytes[HEAD.version];
  if (version !== VERSION) throw new Error(`record of task ${id} has unknown version ${version}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD.size);
  const reader = new PartReader(bytes);
  const name = reader.text(view.getUint32(HEAD.nameLength, true));
  const queue = reader.text(view.getUint32(HEAD.queueLength, true));
  const tags = splitTags(reader.text(view.getUint32(HEAD.tagsLength, true)));
  const spec = reader.bytes(view.getUint32(HEAD.specLength, true));
  const workerId = reader.text(view.getUint32(HEAD.workerLength, true));
  const sessionId = reader.text(view.getUint32(HEAD.sessionLength, true));
  const nonce = bytes.toString("hex", HEAD.nonce, HEAD.nonce + 16);
  return {
    id,
    name,
    queue,
    spec,
    tags,
    state: bytes[HEAD.state] as TaskState,
    delivered: (bytes[HEAD.flags]! & 1) === 1,
    priority: view.getInt32(HEAD.priority, true),
    attempt: view.getUint32(HEAD.attempt, true),
    charged: view.getUint32(HEAD.charged, true),
    lost: view.getUint32(HEAD.lost, true),
    undelivered: view.getUint32(HEAD.undelivered, true),
    manualRetries: view.getUint32(HEAD.manualRetries, true),
    attemptEvents: view.getUint32(HEAD.attemptEvents, true),
    attemptOutputs: view.getUint32(HEAD.attemptOutputs, true),
    outputCount: view.getUint32(HEAD.outputCount, true),
    outputBytes: view.getUint32(HEAD.outputBytes, true),
    stamp: view.getUint32(HEAD.stamp, true),
    revision: view.getFloat64(HEAD.revision, true),
    createdAt: view.getFloat64(HEAD.createdAt, true),
    dueAt: view.getFloat64(HEAD.dueAt, true),
    orderAt: view.getFloat64(HEAD.orderAt, true),
    startedAt: view.getFloat64(HEAD.startedAt, true),
    attemptStartedAt: view.getFloat64(HEAD.attemptStartedAt, true),
    updatedAt: view.getFloat64(HEAD.updatedAt, true),
    endedAt: view.getFloat64(HEAD.endedAt, true),
    purgeAt: view.getFloat64(HEAD.purgeAt, true),
    pendingDeadlineAt: view.getFloat64(HEAD.pendingDeadlineAt, true),
    totalDeadlineAt: view.getFloat64(HEAD.totalDeadlineAt, true),
    attemptDeadlineAt: view.getFloat64(HEAD.attemptDeadlineAt, true),
    leaseEndAt: view.getFloat64(HEAD.leaseEndAt, true),
    forceAt: view.getFloat64(HEAD.forceAt, true),
    attemptTimeoutMs: view.getFloat64(HEAD.attemptTimeoutMs, true),
    retentionMs: view.getFloat64(HEAD.retentionMs, true),
    eventSequence: view.getFloat64(HEAD.eventSequence, true),
    nonce: nonce === NO_NONCE ? "" : nonce,
    workerId,
    sessionId,
    ...decodeRest(reader),
  };
}

type Rest = Pick<
  TaskRecord,
  "cancelReason" | "result" | "failure" | "progress" | "checkpoint" | "ended"
>;

/** Most waiting tasks have none of these and spend no byte on them. */
function hasRest(record: Rest): boolean {
  return (
    record.cancelReason !== "" ||
    record.result !== undefined ||
    record.failure !== undefined ||
    record.progress !== undefined ||
    record.checkpoint !== undefined ||
    record.ended.length > 0
  );
}

function decodeRest(reader: PartReader): Rest {
  const cancelReason = reader.section();
  const rest = {
    cancelReason: cancelReason === undefined ? "" : cancelReason.toString("utf8"),
    result: reader.section(),
    failure: reader.section(),
    progress: reader.section(),
    checkpoint: reader.section(),
    ended: [] as EndedAttempt[],
  };
  while (!reader.done) rest.ended.push(decodeEnded(reader.section()!));
  return rest;
}

const ENDED_HEAD_BYTES = 22;

/** An ended attempt as bytes. */
export function encodeEnded(ended: EndedAttempt): Buffer {
  const bytes = Buffer.allocUnsafe(ENDED_HEAD_BYTES + ended.body.length);
  bytes.writeUInt32LE(ended.number, 0);
  bytes[4] = ended.state;
  bytes[5] = ended.reported ? 1 : 0;
  bytes.write(ended.nonce === "" ? NO_NONCE : ended.nonce, 6, 16, "hex");
  bytes.set(ended.body, ENDED_HEAD_BYTES);
  return bytes;
}

/** Reads {@link encodeEnded}. */
export function decodeEnded(bytes: Buffer): EndedAttempt {
  const nonce = bytes.toString("hex", 6, ENDED_HEAD_BYTES);
  return {
    number: bytes.readUInt32LE(0),
    state: bytes[4] as AttemptState,
    reported: bytes[5] === 1,
    nonce: nonce === NO_NONCE ? "" : nonce,
    body: bytes.subarray(ENDED_HEAD_BYTES),
  };
}

/** No tag holds a line feed: control characters are refused at the edge. */
function joinTags(tags: readonly string[]): string {
  return tags.join("\n");
}

function splitTags(joined: string): string[] {
  return joined === "" ? [] : joined.split("\n");
}

class PartReader {
  readonly #bytes: Buffer;
  #offset: number = HEAD.size;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  bytes(length: number): Buffer {
    this.#offset += length;
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  text(length: number): string {
    return length === 0 ? "" : this.bytes(length).toString("utf8");
  }

  section(): Buffer | undefined {
    if (this.done) return undefined;
    const length = this.bytes(4).readUInt32LE(0);
    return length === 0 ? undefined : this.bytes(length - 1);
  }
}
