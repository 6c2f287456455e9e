import { HEAD } from "../../../core/record-codec.ts";
import type { Statements } from "../statements.ts";

/** Larger ones are kept apart from their row, in bytes. */
const INLINE_BYTES = 1024;

const KIND = { middle: 0, tail: 1 } as const;

type PartKind = keyof typeof KIND;

/** Where the bytes of a record are. */
export interface StoredRecord {
  readonly seq: number;
  /** Null where a part is kept apart. */
  readonly packed: Uint8Array | null;
  /** The tail is kept apart. */
  readonly tailApart: boolean;
}

/** Parts of records that are too large for their row. */
export class Parts {
  readonly #blobs;
  readonly #get;
  readonly #set;
  readonly #delete;
  readonly #deleteTail;

  constructor(statements: Statements) {
    this.#blobs = statements.query<[Uint8Array, Uint8Array | null, Uint8Array | null]>(
      "SELECT head, middle, tail FROM task WHERE seq = ?",
    );
    this.#get = statements.query<[Uint8Array]>(
      "SELECT bytes FROM part WHERE task = ? AND kind = ?",
    );
    this.#set = statements.command(
      "INSERT OR REPLACE INTO part (task, kind, bytes) VALUES (?, ?, ?)",
    );
    this.#delete = statements.command("DELETE FROM part WHERE task = ?");
    this.#deleteTail = statements.command(
      `DELETE FROM part WHERE task = ? AND kind = ${KIND.tail}`,
    );
  }

  /** What the row holds of a part. */
  inline(bytes: Uint8Array): Uint8Array | null {
    return bytes.length > INLINE_BYTES ? null : bytes;
  }

  /** Keeps a part that its row doesn't hold. */
  keep(seq: number, kind: PartKind, bytes: Uint8Array): void {
    if (this.inline(bytes) === null) this.#set.run(seq, KIND[kind], bytes);
  }

  replaceTail({ seq, tailApart }: Pick<StoredRecord, "seq" | "tailApart">, tail: Uint8Array): void {
    if (tailApart && this.inline(tail) !== null) this.#deleteTail.run(seq);
    this.keep(seq, "tail", tail);
  }

  /** The packed record. */
  whole({ seq, packed }: StoredRecord): Buffer {
    if (packed !== null) return bufferOf(packed);
    const [head, middle, tail] = this.#blobs.get(seq) ?? missing(seq, "row");
    return Buffer.concat([
      head,
      middle ?? this.#read(seq, "middle"),
      tail ?? this.#read(seq, "tail"),
    ]);
  }

  drop({ seq, packed }: StoredRecord): void {
    if (packed === null) this.#delete.run(seq);
  }

  #read(seq: number, kind: PartKind): Uint8Array {
    const [bytes] = this.#get.get(seq, KIND[kind]) ?? missing(seq, kind);
    return bytes;
  }
}

function missing(seq: number, what: string): never {
  throw new Error(`task ${seq} has lost its ${what}`);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A packed record in parts, as views. */
export interface SplitRecord {
  readonly head: Buffer;
  readonly middle: Buffer;
  readonly tail: Buffer;
}

export function splitRecord(record: Buffer): SplitRecord {
  const end = [HEAD.nameLength, HEAD.queueLength, HEAD.tagsLength, HEAD.specLength].reduce(
    (sum, offset) => sum + record.readUInt32LE(offset),
    HEAD.size as number,
  );
  return {
    head: record.subarray(0, HEAD.size),
    middle: record.subarray(HEAD.size, end),
    tail: record.subarray(end),
  };
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
  const tagsEnd = queueEnd + record.readUInt32LE(HEAD.tagsLength);
  return {
    name: record.toString("utf8", HEAD.size, nameEnd),
    queue: record.toString("utf8", nameEnd, queueEnd),
    tags: tagsEnd === queueEnd ? [] : record.toString("utf8", queueEnd, tagsEnd).split("\n"),
  };
}
