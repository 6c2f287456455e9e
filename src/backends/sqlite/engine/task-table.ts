import { HEAD } from "../../../core/record-codec.ts";
import { isLeased } from "../../../core/record.ts";
import type { Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";
import type { Counters } from "./counters.ts";
import type { EmptyTaskLists } from "./empty-task-lists.ts";
import { attentionAtOf, indexedState } from "./index-columns.ts";
import type { LeasedKeys } from "./leased-keys.ts";
import { tagsOf } from "./split-record.ts";
import type { TagIndex } from "./tag-index.ts";
import type { Tails } from "./tails.ts";
import { newRow, TaskInserts, type NewTask } from "./task-inserts.ts";
import { selectRows, taskRow, type RowColumns, type TaskKey, type TaskRow } from "./task-row.ts";
import { TaskUpdates } from "./task-updates.ts";

export interface TaskTableParts {
  readonly statements: Statements;
  readonly terms: Terms;
  readonly tails: Tails;
  readonly tags: TagIndex;
  readonly counters: Counters;
  readonly empty: EmptyTaskLists;
  readonly leased: LeasedKeys;
}

/** The rows of tasks, with the counters, tags and large parts that follow them. */
export class TaskTable {
  readonly #byId;
  readonly #bySeq;
  readonly #inserts: TaskInserts;
  readonly #updates: TaskUpdates;
  readonly #deletes;
  readonly #deleteEvents;
  readonly #with: TaskTableParts;

  constructor(parts: TaskTableParts) {
    this.#with = parts;
    const { statements } = parts;
    this.#byId = statements.query<RowColumns>(`${selectRows()} WHERE id = ?`);
    this.#bySeq = statements.query<RowColumns>(`${selectRows()} WHERE seq = ?`);
    this.#inserts = new TaskInserts(statements, parts.tails);
    this.#updates = new TaskUpdates(statements);
    this.#deletes = ["task WHERE seq", "body WHERE task"].map((rows) =>
      statements.command(`DELETE FROM ${rows} = ?`),
    );
    this.#deleteEvents = statements.command("DELETE FROM event WHERE task = ?");
  }

  /** Reads the row, unless it is known. */
  key(id: string): TaskKey | undefined {
    return this.#with.leased.get(id) ?? this.byId(id);
  }

  byId(id: string): TaskRow | undefined {
    const columns = this.#byId.get(id);
    return columns === undefined ? undefined : taskRow(columns);
  }

  bySeq(seq: number): TaskRow | undefined {
    const columns = this.#bySeq.get(seq);
    return columns === undefined ? undefined : taskRow(columns);
  }

  /** The seq of each new row, in order; 0 where the id is taken. */
  insert(tasks: readonly NewTask[], now: number): number[] {
    const { terms, tags, counters, empty } = this.#with;
    const rows = tasks.map((task) => newRow(task, terms, now));
    const seqs = this.#inserts.insert(rows);
    rows.forEach((row, at) => {
      const seq = seqs[at]!;
      if (seq === 0) return;
      if (row.tags.length > 0) tags.add(row.tags, { seq, id: row.id, createdAt: row.createdAt });
      counters.add(row.queue, row.state, 1);
      empty.added(row, row.state);
    });
    return seqs;
  }

  /** Replaces the record, and with it the row's place in every index. */
  replace(id: string, key: TaskKey, head: Buffer, tail: Uint8Array, now: number): void {
    const { tails, counters, empty, leased } = this.#with;
    const { seq, queue } = key;
    const state = indexedState(head, now);
    this.#updates.replace({ seq, from: key.state, to: state, head, tail: tails.inline(tail) });
    tails.replace(key, tail);
    counters.move(queue, key.state, state);
    empty.replaced(queue, state);
    if (!isLeased(state)) return leased.drop(id);
    const revision = head.readDoubleLE(HEAD.revision);
    const createdAt = head.readDoubleLE(HEAD.createdAt);
    leased.set(id, { seq, queue, revision, createdAt, state, tailApart: tails.isLarge(tail) });
  }

  /** As {@link replace} where a lease is renewed: only the head changes, and of the indexes only the lease's. */
  renew({ seq }: Pick<TaskKey, "seq">, head: Buffer): void {
    this.#updates.renew(seq, attentionAtOf(head), head);
  }

  /** Deletes the row and all that belongs to it, save its unique key. */
  remove(row: TaskRow): void {
    const { tails, tags, counters, leased } = this.#with;
    for (const statement of this.#deletes) statement.run(row.seq);
    tails.drop(row);
    if (row.record.readDoubleLE(HEAD.eventSequence) > 0) this.#deleteEvents.run(row.seq);
    tags.remove(tagsOf(row.record), row);
    counters.add(row.queue, row.state, -1);
    leased.drop(row.id);
  }
}
