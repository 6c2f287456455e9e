import type { Statements } from "../statements.ts";
import type { TaskKey } from "./task-row.ts";

/** Larger ones are kept apart from their row, in bytes. */
const INLINE_BYTES = 1024;

/** Tails of records: in the row, or apart from it. */
export class Tails {
  readonly #set;
  readonly #delete;

  constructor(statements: Statements) {
    this.#set = statements.command("INSERT OR REPLACE INTO large_tail (task, bytes) VALUES (?, ?)");
    this.#delete = statements.command("DELETE FROM large_tail WHERE task = ?");
  }

  isLarge(tail: Uint8Array): boolean {
    return tail.length > INLINE_BYTES;
  }

  /** What the row holds of it. */
  inline(tail: Uint8Array): Uint8Array | null {
    return this.isLarge(tail) ? null : tail;
  }

  /** Keeps what the row doesn't hold, and nothing else. */
  replace({ seq, tailApart }: Pick<TaskKey, "seq" | "tailApart">, tail: Uint8Array): void {
    if (this.isLarge(tail)) this.#set.run(seq, tail);
    else if (tailApart) this.#delete.run(seq);
  }

  drop({ seq, tailApart }: TaskKey): void {
    if (tailApart) this.#delete.run(seq);
  }
}
