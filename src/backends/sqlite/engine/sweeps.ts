import type { Purged } from "../../../storage/storage.ts";
import type { Statements } from "../statements.ts";
import type { StorageCalls } from "./storage-calls.ts";
import { selectRows, taskRow, type RowColumns } from "./task-row.ts";
import { RecordPacker } from "./verdicts.ts";
import type { Writes } from "./writes.ts";

/** What the rescuer and the purger look for. */
export class Sweeps {
  readonly #attention;
  readonly #purgeable;
  readonly #nextPurge;
  readonly #writes: Writes;

  constructor(statements: Statements, writes: Writes) {
    this.#writes = writes;
    const by = (index: string, at: string): string =>
      `${selectRows({ index, first: `${at} AS at, ` })} WHERE ${at} IS NOT NULL`;
    this.#attention = statements.query<[attentionAt: number, ...RowColumns]>(`
      ${by("leased", "lease_at")} UNION ALL ${by("deadline", "deadline_at")} ORDER BY at`);
    this.#purgeable = statements.query<RowColumns>(`
      ${selectRows({ index: "purgeable" })}
      WHERE purge_at IS NOT NULL AND purge_at <= ? ORDER BY purge_at LIMIT ?`);
    this.#nextPurge = statements.query<[purgeAt: number]>(
      "SELECT purge_at FROM task INDEXED BY purgeable WHERE purge_at IS NOT NULL ORDER BY purge_at LIMIT 1",
    );
  }

  overdue({ limit }: { readonly limit: number }, now: number): StorageCalls["overdue"]["answer"] {
    const records = new RecordPacker();
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
