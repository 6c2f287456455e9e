/**
 * The tail of a packed task: what few tasks have. Nothing at all, or a byte that tells which parts follow: counts,
 * sections with their length, and at last the ended attempts.
 */
import { decodeEnded, encodeEnded } from "../../core/record-codec.ts";
import type { EndedAttempt, TaskRecord } from "../../core/record.ts";
import { getU48, setU48 } from "./u48.ts";

type Tail = Pick<
  TaskRecord,
  | "lost"
  | "undelivered"
  | "manualRetries"
  | "outputCount"
  | "outputBytes"
  | "eventSequence"
  | "cancelReason"
  | (typeof SECTIONS)[number]
  | "ended"
>;

const COUNTS = ["lost", "undelivered", "manualRetries", "outputCount", "outputBytes"] as const;
const COUNTS_SIZE = COUNTS.length * 4 + 6;
const SECTIONS = ["result", "failure", "progress", "checkpoint"] as const;

/** Bits of the first byte; those of the sections are the four from 2 on. */
const HAS_COUNTS = 1;
const HAS_CANCEL_REASON = 2;
const FIRST_SECTION = 4;

/** A task without a tail. */
export const NO_TAIL: Tail = {
  lost: 0,
  undelivered: 0,
  manualRetries: 0,
  outputCount: 0,
  outputBytes: 0,
  eventSequence: 0,
  cancelReason: "",
  result: undefined,
  failure: undefined,
  progress: undefined,
  checkpoint: undefined,
  ended: [],
};

/** The tail of a record. */
export function encodeTail(record: TaskRecord): Buffer {
  const which = Buffer.of(0);
  const parts: Uint8Array[] = [which];
  if (record.eventSequence !== 0 || COUNTS.some((field) => record[field] !== 0)) {
    which[0]! |= HAS_COUNTS;
    parts.push(encodeCounts(record));
  }
  if (record.cancelReason !== "") {
    which[0]! |= HAS_CANCEL_REASON;
    addSection(parts, Buffer.from(record.cancelReason));
  }
  for (const [index, section] of SECTIONS.entries()) {
    const bytes = record[section];
    if (bytes === undefined) continue;
    which[0]! |= FIRST_SECTION << index;
    addSection(parts, bytes);
  }
  for (const ended of record.ended) addSection(parts, encodeEnded(ended));
  return parts.length === 1 ? Buffer.alloc(0) : Buffer.concat(parts);
}

/** Reads a tail that is not empty. */
export function decodeTail(bytes: Buffer): Tail {
  const which = bytes[0]!;
  let at = 1;
  const counts = (which & HAS_COUNTS) === 0 ? {} : decodeCounts(bytes);
  if ((which & HAS_COUNTS) !== 0) at += COUNTS_SIZE;
  const next = (): Buffer => {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    return bytes.subarray(from, at);
  };
  const section = (index: number): Buffer | undefined =>
    (which & (FIRST_SECTION << index)) === 0 ? undefined : next();
  const tail = {
    ...NO_TAIL,
    ...counts,
    cancelReason: (which & HAS_CANCEL_REASON) === 0 ? "" : next().toString("utf8"),
    result: section(0),
    failure: section(1),
    progress: section(2),
    checkpoint: section(3),
    ended: [] as EndedAttempt[],
  };
  while (at < bytes.length) tail.ended.push(decodeEnded(next()));
  return tail;
}

function addSection(parts: Uint8Array[], bytes: Uint8Array): void {
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(bytes.length);
  parts.push(length, bytes);
}

function encodeCounts(record: TaskRecord): Buffer {
  const bytes = Buffer.allocUnsafe(COUNTS_SIZE);
  for (const [index, field] of COUNTS.entries()) bytes.writeUInt32LE(record[field], index * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, COUNTS_SIZE);
  setU48(view, COUNTS.length * 4, record.eventSequence);
  return bytes;
}

function decodeCounts(bytes: Buffer): Partial<Tail> {
  const view = new DataView(bytes.buffer, bytes.byteOffset + 1, COUNTS_SIZE);
  return {
    ...Object.fromEntries(COUNTS.map((field, index) => [field, view.getUint32(index * 4, true)])),
    eventSequence: getU48(view, COUNTS.length * 4),
  };
}
