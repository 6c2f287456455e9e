import { HEAD } from "../../../core/record-codec.ts";

/** A packed record in parts, as views. */
export interface SplitRecord {
  readonly head: Buffer;
  readonly middle: Buffer;
  readonly tail: Buffer;
}

export function splitRecord(record: Buffer): SplitRecord {
  const end = tailStart(record);
  return {
    head: record.subarray(0, HEAD.size),
    middle: record.subarray(HEAD.size, end),
    tail: record.subarray(end),
  };
}

/** Where the tail starts. */
export function tailStart(record: Buffer): number {
  return (
    HEAD.size +
    record.readUInt32LE(HEAD.nameLength) +
    record.readUInt32LE(HEAD.queueLength) +
    record.readUInt32LE(HEAD.tagsLength) +
    record.readUInt32LE(HEAD.specLength)
  );
}

/** What the middle of a record starts with. */
export interface Naming {
  readonly name: string;
  readonly queue: string;
  readonly tags: readonly string[];
}

export function namingOf(record: Buffer): Naming {
  const nameEnd = HEAD.size + record.readUInt32LE(HEAD.nameLength);
  const queueEnd = nameEnd + record.readUInt32LE(HEAD.queueLength);
  return {
    name: record.toString("utf8", HEAD.size, nameEnd),
    queue: record.toString("utf8", nameEnd, queueEnd),
    tags: tagsFrom(record, queueEnd),
  };
}

/** The tags alone. */
export function tagsOf(record: Buffer): readonly string[] {
  const start =
    HEAD.size + record.readUInt32LE(HEAD.nameLength) + record.readUInt32LE(HEAD.queueLength);
  return tagsFrom(record, start);
}

function tagsFrom(record: Buffer, start: number): readonly string[] {
  const length = record.readUInt32LE(HEAD.tagsLength);
  return length === 0 ? [] : record.toString("utf8", start, start + length).split("\n");
}
