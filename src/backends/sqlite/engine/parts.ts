import { Packer } from "../packed.ts";
import type { Statements } from "../statements.ts";

/** Larger ones are kept apart from their row, in bytes. */
const INLINE_BYTES = 1024;

const KIND = { middle: 0, tail: 1 } as const;

type PartKind = keyof typeof KIND;

/** A record's blobs as its row has them; null: kept apart. */
export interface StoredBlobs {
  readonly seq: number;
  readonly head: Uint8Array;
  readonly middle: Uint8Array | null;
  readonly tail: Uint8Array | null;
}

/** Parts of records that are too large for their row. */
export class Parts {
  readonly #get;
  readonly #set;
  readonly #delete;

  constructor(statements: Statements) {
    this.#get = statements.query<[Uint8Array]>(
      "SELECT bytes FROM part WHERE task = ? AND kind = ?",
    );
    this.#set = statements.command(
      "INSERT OR REPLACE INTO part (task, kind, bytes) VALUES (?, ?, ?)",
    );
    this.#delete = statements.command("DELETE FROM part WHERE task = ? AND kind = ?");
  }

  /** What the row holds of a part. */
  inline(bytes: Uint8Array): Uint8Array | null {
    return bytes.length > INLINE_BYTES ? null : bytes;
  }

  /** Keeps a part that its row doesn't hold. */
  keep(seq: number, kind: PartKind, bytes: Uint8Array): void {
    if (this.inline(bytes) === null) this.#set.run(seq, KIND[kind], bytes);
  }

  /** The tail is replaced; `wasApart` is how the old one was kept. */
  replaceTail(seq: number, tail: Uint8Array, wasApart: boolean): void {
    if (wasApart && this.inline(tail) !== null) this.#delete.run(seq, KIND.tail);
    this.keep(seq, "tail", tail);
  }

  middle(row: Pick<StoredBlobs, "seq" | "middle">): Uint8Array {
    return row.middle ?? this.#read(row.seq, "middle");
  }

  tail(row: Pick<StoredBlobs, "seq" | "tail">): Uint8Array {
    return row.tail ?? this.#read(row.seq, "tail");
  }

  /** The packed record. */
  whole(row: StoredBlobs): Buffer {
    return Buffer.concat([row.head, this.middle(row), this.tail(row)]);
  }

  pack(packer: Packer, row: StoredBlobs): void {
    packer.add(row.head, this.middle(row), this.tail(row));
  }

  drop(row: Omit<StoredBlobs, "head">): void {
    if (row.middle === null) this.#delete.run(row.seq, KIND.middle);
    if (row.tail === null) this.#delete.run(row.seq, KIND.tail);
  }

  #read(seq: number, kind: PartKind): Uint8Array {
    const found = this.#get.get(seq, KIND[kind]);
    if (found === undefined) throw new Error(`row ${seq} lacks its ${kind}`);
    return found[0];
  }
}
