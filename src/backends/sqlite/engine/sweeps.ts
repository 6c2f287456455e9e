import type { Purged } from "../../../storage/storage.ts";
import type { Statements } from "../statements.ts";
import type { Parts } from "./parts.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { ROW_COLUMNS, taskRow, type RowColumns } from "./task-table.ts";
import { RecordPacker } from "./verdicts.ts";
import type { Writes } from "./writes.ts";

/** What the rescuer and the purger look for. */
export class Sweeps {
  readonly #attention;
  readonly #purgeable;
  readonly #nextPurge;
  readonly #parts: Parts;
  readonly #writes: Writes;

  constructor(statements: Statements, parts: Parts, writes: Writes) {
    this.#parts = parts;
    this.#writes = writes;
    const from = (index: string, condition: string): string =>
      `SELECT attention_at, ${ROW_COLUMNS} FROM task INDEXED BY ${index} WHERE ${condition}`;
    this.#attention = statements.query<[attentionAt: number, ...RowColumns]>(`
      ${from("leased", "(state = 3 OR state = 5)")} UNION ALL
      ${from("deadline", "(state = 1 OR state = 2 OR state = 4) AND attention_at > 0")} ORDER BY attention_at`);
    this.#purgeable = statements.query<RowColumns>(`
      SELECT ${ROW_COLUMNS} FROM task INDEXED BY purgeable
      WHERE state >= 16 AND purge_at <= ? ORDER BY purge_at LIMIT ?`);
    this.#nextPurge = statements.query<[purgeAt: number]>(
      "SELECT purge_at FROM task INDEXED BY purgeable WHERE state >= 16 ORDER BY purge_at LIMIT 1",
    );
  }

  overdue({ limit }: { readonly limit: number }, now: number): StorageCalls["overdue"]["answer"] {
    const records = new RecordPacker(this.#parts);
    for (const [attentionAt, ...columns] of this.#attention.iterate()) {
      if (attentionAt > now || records.ids.length >= limit)
        return { ...records.done(), nextAt: attentionAt };
      records.add(taskRow(columns));
    }
    return { ...records.done(), nextAt: 0 };
  }

  purge({ limit }: { readonly limit: number }, now: number): Purged {
    const rows = this.#purgeable.all(now, limit);
    for (const columns of rows) this.#writes.drop(taskRow(columns));
    return { count: rows.length, nextAt: this.#nextPurge.get()?.[0] ?? 0 };
  }
}
