/**
 * The tail of a packed task: what few tasks have. Nothing at all, or a byte that tells which parts follow: counts,
 * sections with their length, and at last the ended attempts.
 */
import { endedLength, readEnded, writeEnded } from "../../core/ended-codec.ts";
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
  | "result"
  | "failure"
  | "progress"
  | "checkpoint"
  | "ended"
>;

/** Offsets in the counts. */
const COUNTS = {
  lost: 0,
  undelivered: 4,
  manualRetries: 8,
  outputCount: 12,
  outputBytes: 16,
  eventSequence: 20,
  size: 26,
} as const;

/** Bits of the first byte. */
const HAS_COUNTS = 1;
const HAS_CANCEL_REASON = 2;
const HAS_RESULT = 4;
const HAS_FAILURE = 8;
const HAS_PROGRESS = 16;
const HAS_CHECKPOINT = 32;

/** Bytes of a section's length. */
const LENGTH = 4;

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

/** Bytes of the tail of a record; 0: it has none. */
export function tailLength(record: Tail): number {
  let length = hasCounts(record) ? COUNTS.size : 0;
  if (record.cancelReason !== "") length += LENGTH + Buffer.byteLength(record.cancelReason);
  length += sectionLength(record.result) + sectionLength(record.failure);
  length += sectionLength(record.progress) + sectionLength(record.checkpoint);
  for (const each of record.ended) length += LENGTH + endedLength(each);
  return length === 0 ? 0 : 1 + length;
}

/** Writes the tail of a record that has one; there is room for {@link tailLength} bytes. */
export function writeTail(
  { bytes, view }: { readonly bytes: Buffer; readonly view: DataView },
  from: number,
  record: Tail,
): void {
  const { cancelReason, result, failure, progress, checkpoint, ended } = record;
  let which = 0;
  let at = from + 1;
  const section = (bit: number, content: Uint8Array): void => {
    which |= bit;
    view.setUint32(at, content.length, true);
    bytes.set(content, at + LENGTH);
    at += LENGTH + content.length;
  };
  if (hasCounts(record)) {
    which |= HAS_COUNTS;
    writeCounts(view, at, record);
    at += COUNTS.size;
  }
  if (cancelReason !== "") section(HAS_CANCEL_REASON, Buffer.from(cancelReason));
  if (result !== undefined) section(HAS_RESULT, result);
  if (failure !== undefined) section(HAS_FAILURE, failure);
  if (progress !== undefined) section(HAS_PROGRESS, progress);
  if (checkpoint !== undefined) section(HAS_CHECKPOINT, checkpoint);
  for (const each of ended) {
    const length = endedLength(each);
    view.setUint32(at, length, true);
    writeEnded(bytes, view, at + LENGTH, each);
    at += LENGTH + length;
  }
  bytes[from] = which;
}

/** Reads a tail that is not empty. */
export function readTail(bytes: Buffer, view: DataView, from: number, to: number): Tail {
  const which = bytes[from]!;
  const counts = (which & HAS_COUNTS) !== 0;
  const countsFrom = from + 1;
  let at = counts ? countsFrom + COUNTS.size : countsFrom;
  const section = (bit: number): Buffer | undefined => {
    if ((which & bit) === 0) return undefined;
    const start = at + LENGTH;
    at = start + view.getUint32(at, true);
    return bytes.subarray(start, at);
  };
  const tail = {
    lost: counts ? view.getUint32(countsFrom + COUNTS.lost, true) : 0,
    undelivered: counts ? view.getUint32(countsFrom + COUNTS.undelivered, true) : 0,
    manualRetries: counts ? view.getUint32(countsFrom + COUNTS.manualRetries, true) : 0,
    outputCount: counts ? view.getUint32(countsFrom + COUNTS.outputCount, true) : 0,
    outputBytes: counts ? view.getUint32(countsFrom + COUNTS.outputBytes, true) : 0,
    eventSequence: counts ? getU48(view, countsFrom + COUNTS.eventSequence) : 0,
    cancelReason: section(HAS_CANCEL_REASON)?.toString("utf8") ?? "",
    result: section(HAS_RESULT),
    failure: section(HAS_FAILURE),
    progress: section(HAS_PROGRESS),
    checkpoint: section(HAS_CHECKPOINT),
    ended: [] as EndedAttempt[],
  };
  while (at < to) {
    const start = at + LENGTH;
    at = start + view.getUint32(at, true);
    tail.ended.push(readEnded(bytes.subarray(start, at)));
  }
  return tail;
}

function hasCounts(record: Tail): boolean {
  return (
    record.eventSequence !== 0 ||
    record.lost !== 0 ||
    record.undelivered !== 0 ||
    record.manualRetries !== 0 ||
    record.outputCount !== 0 ||
    record.outputBytes !== 0
  );
}

function sectionLength(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : LENGTH + bytes.length;
}

function writeCounts(view: DataView, from: number, record: Tail): void {
  view.setUint32(from + COUNTS.lost, record.lost, true);
  view.setUint32(from + COUNTS.undelivered, record.undelivered, true);
  view.setUint32(from + COUNTS.manualRetries, record.manualRetries, true);
  view.setUint32(from + COUNTS.outputCount, record.outputCount, true);
  view.setUint32(from + COUNTS.outputBytes, record.outputBytes, true);
  setU48(view, from + COUNTS.eventSequence, record.eventSequence);
}
