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
  // 68: 4 bytes unused
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

const U32_FIELDS = [
  "attempt",
  "charged",
  "lost",
  "undelivered",
  "manualRetries",
  "attemptEvents",
  "attemptOutputs",
  "outputCount",
  "outputBytes",
] as const satisfies readonly (keyof TaskRecord & keyof typeof HEAD)[];

const F64_FIELDS = [
  "revision",
  "createdAt",
  "dueAt",
  "orderAt",
  "startedAt",
  "attemptStartedAt",
  "updatedAt",
  "endedAt",
  "purgeAt",
  "pendingDeadlineAt",
  "totalDeadlineAt",
  "attemptDeadlineAt",
  "leaseEndAt",
  "forceAt",
  "attemptTimeoutMs",
  "retentionMs",
  "eventSequence",
] as const satisfies readonly (keyof TaskRecord & keyof typeof HEAD)[];

/** The fixed part. */
export function encodeHead(record: TaskRecord): Buffer {
  const head = Buffer.alloc(HEAD.size);
  head[HEAD.version] = VERSION;
  head[HEAD.state] = record.state;
  head[HEAD.flags] = record.delivered ? 1 : 0;
  head.writeInt32LE(record.priority, HEAD.priority);
  for (const field of U32_FIELDS) head.writeUInt32LE(record[field], HEAD[field]);
  for (const field of F64_FIELDS) head.writeDoubleLE(record[field], HEAD[field]);
  head.writeUInt32LE(Buffer.byteLength(record.name), HEAD.nameLength);
  head.writeUInt32LE(Buffer.byteLength(record.queue), HEAD.queueLength);
  head.writeUInt32LE(Buffer.byteLength(joinTags(record.tags)), HEAD.tagsLength);
  head.writeUInt32LE(record.spec.length, HEAD.specLength);
  head.writeUInt32LE(Buffer.byteLength(record.workerId), HEAD.workerLength);
  head.writeUInt32LE(Buffer.byteLength(record.sessionId), HEAD.sessionLength);
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
  const reader = new PartReader(bytes);
  const name = reader.text(bytes.readUInt32LE(HEAD.nameLength));
  const queue = reader.text(bytes.readUInt32LE(HEAD.queueLength));
  const tags = splitTags(reader.text(bytes.readUInt32LE(HEAD.tagsLength)));
  const spec = reader.bytes(bytes.readUInt32LE(HEAD.specLength));
  const workerId = reader.text(bytes.readUInt32LE(HEAD.workerLength));
  const sessionId = reader.text(bytes.readUInt32LE(HEAD.sessionLength));
  const nonce = bytes.toString("hex", HEAD.nonce, HEAD.nonce + 16);
  return {
    id,
    name,
    queue,
    spec,
    tags,
    state: bytes[HEAD.state] as TaskState,
    delivered: (bytes[HEAD.flags]! & 1) === 1,
    priority: bytes.readInt32LE(HEAD.priority),
    attempt: bytes.readUInt32LE(HEAD.attempt),
    charged: bytes.readUInt32LE(HEAD.charged),
    lost: bytes.readUInt32LE(HEAD.lost),
    undelivered: bytes.readUInt32LE(HEAD.undelivered),
    manualRetries: bytes.readUInt32LE(HEAD.manualRetries),
    attemptEvents: bytes.readUInt32LE(HEAD.attemptEvents),
    attemptOutputs: bytes.readUInt32LE(HEAD.attemptOutputs),
    outputCount: bytes.readUInt32LE(HEAD.outputCount),
    outputBytes: bytes.readUInt32LE(HEAD.outputBytes),
    revision: bytes.readDoubleLE(HEAD.revision),
    createdAt: bytes.readDoubleLE(HEAD.createdAt),
    dueAt: bytes.readDoubleLE(HEAD.dueAt),
    orderAt: bytes.readDoubleLE(HEAD.orderAt),
    startedAt: bytes.readDoubleLE(HEAD.startedAt),
    attemptStartedAt: bytes.readDoubleLE(HEAD.attemptStartedAt),
    updatedAt: bytes.readDoubleLE(HEAD.updatedAt),
    endedAt: bytes.readDoubleLE(HEAD.endedAt),
    purgeAt: bytes.readDoubleLE(HEAD.purgeAt),
    pendingDeadlineAt: bytes.readDoubleLE(HEAD.pendingDeadlineAt),
    totalDeadlineAt: bytes.readDoubleLE(HEAD.totalDeadlineAt),
    attemptDeadlineAt: bytes.readDoubleLE(HEAD.attemptDeadlineAt),
    leaseEndAt: bytes.readDoubleLE(HEAD.leaseEndAt),
    forceAt: bytes.readDoubleLE(HEAD.forceAt),
    attemptTimeoutMs: bytes.readDoubleLE(HEAD.attemptTimeoutMs),
    retentionMs: bytes.readDoubleLE(HEAD.retentionMs),
    eventSequence: bytes.readDoubleLE(HEAD.eventSequence),
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

function encodeEnded(ended: EndedAttempt): Buffer {
  const bytes = Buffer.allocUnsafe(ENDED_HEAD_BYTES + ended.body.length);
  bytes.writeUInt32LE(ended.number, 0);
  bytes[4] = ended.state;
  bytes[5] = ended.reported ? 1 : 0;
  bytes.write(ended.nonce === "" ? NO_NONCE : ended.nonce, 6, 16, "hex");
  bytes.set(ended.body, ENDED_HEAD_BYTES);
  return bytes;
}

function decodeEnded(bytes: Buffer): EndedAttempt {
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
