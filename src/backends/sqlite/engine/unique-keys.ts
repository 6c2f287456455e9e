import { holdsKey } from "../../../core/record.ts";
import { uniqueOf, uniqueTag } from "../../../core/tags.ts";
import type { UniqueClaim } from "../../../storage/storage.ts";
import type { Statements } from "../statements.ts";
import type { TaskRow } from "./task-row.ts";
import type { TaskTable } from "./task-table.ts";

/**
 * Who holds which unique key. A holder is checked against its task, so that nothing is written when
 * the task ends.
 */
export class UniqueKeys {
  readonly #get;
  readonly #set;
  readonly #delete;
  readonly #table: TaskTable;

  constructor(statements: Statements, table: TaskTable) {
    this.#table = table;
    this.#get = statements.query<[task: number, untilAt: number]>(
      "SELECT task, until_at FROM holder WHERE tag = ?",
    );
    this.#set = statements.command(
      "INSERT OR REPLACE INTO holder (tag, task, until_at) VALUES (?, ?, ?)",
    );
    this.#delete = statements.command("DELETE FROM holder WHERE tag = ? AND task = ?");
  }

  /** The task, other than the one of this id, that keeps the key among these tags from it. */
  holderAgainst(
    id: string,
    tags: readonly string[],
    claim: UniqueClaim,
    now: number,
  ): TaskRow | undefined {
    const tag = uniqueTagAmong(tags);
    const holder = tag === undefined ? undefined : this.#get.get(tag);
    if (holder === undefined) return undefined;
    const row = this.#table.bySeq(holder[0]);
    if (row === undefined || row.id === id || row.id === claim.replaces) return undefined;
    return holdsKey(row.state, holder[1], now) ? row : undefined;
  }

  take(seq: number, tags: readonly string[], claim: UniqueClaim): void {
    const tag = uniqueTagAmong(tags);
    if (tag !== undefined) this.#set.run(tag, seq, claim.untilAt);
  }

  /** Forgets the key of a task that goes. */
  release(seq: number, tags: readonly string[]): void {
    const tag = uniqueTagAmong(tags);
    if (tag !== undefined) this.#delete.run(tag, seq);
  }
}

function uniqueTagAmong(tags: readonly string[]): string | undefined {
  const unique = uniqueOf(tags);
  return unique === undefined ? undefined : uniqueTag(...unique);
}
