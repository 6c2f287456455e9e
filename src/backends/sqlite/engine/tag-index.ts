import type { Statements } from "../statements.ts";

interface Tagged {
  readonly seq: number;
  readonly id: string;
  readonly createdAt: number;
}

/** An entry for each tag of each task. */
export class TagIndex {
  readonly #insert;
  readonly #delete;

  constructor(statements: Statements) {
    this.#insert = statements.command(
      "INSERT OR IGNORE INTO tag (tag, created_at, id, task) VALUES (?, ?, ?, ?)",
    );
    this.#delete = statements.command(
      "DELETE FROM tag WHERE tag = ? AND created_at = ? AND id = ?",
    );
  }

  add(tags: readonly string[], { seq, id, createdAt }: Tagged): void {
    for (const tag of tags) this.#insert.run(tag, createdAt, id, seq);
  }

  remove(tags: readonly string[], { id, createdAt }: Omit<Tagged, "seq">): void {
    for (const tag of tags) this.#delete.run(tag, createdAt, id);
  }
}
