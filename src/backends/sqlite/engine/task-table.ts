import type { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import type { Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";
import type { Counters } from "./counters.ts";
import type { EmptyTaskLists } from "./empty-task-lists.ts";
import { attentionAtOf, INDEX_COLUMNS, indexValues } from "./index-columns.ts";
import { namingOf, splitRecord, type Parts, type StoredRecord } from "./parts.ts";
import type { TagIndex } from "./tag-index.ts";

/** What is needed of a row to replace its record. */
export interface TaskKey {
  readonly seq: number;
  readonly revision: number;
  /** See schema.sql. */
  readonly state: TaskState;
  readonly queue: number;
  readonly tailApart: boolean;
}

/** A row with its record. */
export interface TaskRow extends TaskKey, StoredRecord {
  readonly id: string;
  readonly createdAt: number;
}

type KeyColumns = [
  seq: number,
  revision: number,
  state: TaskState,
  queue: number,
  tailApart: number,
];

export type RowColumns = [...KeyColumns, id: string, createdAt: number, packed: Uint8Array | null];

const KEY_COLUMNS = "seq, revision, state, queue, tail IS NULL";

/** Columns of {@link taskRow}, for statements elsewhere that select rows. One blob is read faster than three. */
export const ROW_COLUMNS = `${KEY_COLUMNS}, id, created_at, CAST(head || middle || tail AS BLOB)`;

export function taskRow(columns: RowColumns): TaskRow {
  const [seq, revision, state, queue, tailApart, id, createdAt, packed] = columns;
  return { seq, revision, state, queue, tailApart: tailApart === 1, id, createdAt, packed };
}

export interface TaskTableParts {
  readonly statements: Statements;
  readonly terms: Terms;
  readonly parts: Parts;
  readonly tags: TagIndex;
  readonly counters: Counters;
  readonly empty: EmptyTaskLists;
}

/** The rows of tasks, with the counters, tags and large parts that follow them. */
export class TaskTable {
  readonly #key;
  readonly #byId;
  readonly #bySeq;
  readonly #insert;
  readonly #update;
  readonly #updateHead;
  readonly #delete;
  readonly #deleteEvents;
  readonly #with: TaskTableParts;

  constructor(parts: TaskTableParts) {
    this.#with = parts;
    const { statements } = parts;
    this.#key = statements.query<KeyColumns>(`SELECT ${KEY_COLUMNS} FROM task WHERE id = ?`);
    this.#byId = statements.query<RowColumns>(`SELECT ${ROW_COLUMNS} FROM task WHERE id = ?`);
    this.#bySeq = statements.query<RowColumns>(`SELECT ${ROW_COLUMNS} FROM task WHERE seq = ?`);
    const blobs = ["head", "middle", "tail"];
    const inserted = ["id", "queue", "name", "created_at", ...INDEX_COLUMNS, ...blobs];
    this.#insert = statements.command(`
      INSERT INTO task (${inserted.join(", ")}) VALUES (${inserted.map(() => "?").join(", ")})
      ON CONFLICT (id) DO NOTHING`);
    const updated = [...INDEX_COLUMNS, "head", "tail"].map((column) => `${column} = ?`);
    this.#update = statements.command(`UPDATE task SET ${updated.join(", ")} WHERE seq = ?`);
    this.#updateHead = statements.command(
      "UPDATE task SET attention_at = ?, head = ? WHERE seq = ?",
    );
    this.#delete = statements.command("DELETE FROM task WHERE seq = ?");
    this.#deleteEvents = statements.command("DELETE FROM event WHERE task = ?");
  }

  key(id: string): TaskKey | undefined {
    const columns = this.#key.get(id);
    if (columns === undefined) return undefined;
    const [seq, revision, state, queue, tailApart] = columns;
    return { seq, revision, state, queue, tailApart: tailApart === 1 };
  }

  byId(id: string): TaskRow | undefined {
    const columns = this.#byId.get(id);
    return columns === undefined ? undefined : taskRow(columns);
  }

  bySeq(seq: number): TaskRow | undefined {
    const columns = this.#bySeq.get(seq);
    return columns === undefined ? undefined : taskRow(columns);
  }

  /** The new row's seq; 0 where the id is taken. */
  insert(id: string, record: Buffer, now: number): number {
    const { terms, parts, tags, counters, empty } = this.#with;
    const { head, middle, tail } = splitRecord(record);
    const naming = namingOf(record);
    const [queue, name] = [terms.intern(naming.queue), terms.intern(naming.name)];
    const createdAt = head.readDoubleLE(HEAD.createdAt);
    const values = indexValues(head, now);
    const blobs = [head, parts.inline(middle), parts.inline(tail)];
    const seq = this.#insert.insert(id, queue, name, createdAt, ...values, ...blobs);
    if (seq === 0) return 0;
    parts.keep(seq, "middle", middle);
    parts.keep(seq, "tail", tail);
    tags.add(naming.tags, { seq, id, createdAt });
    counters.add(queue, values[1], 1);
    empty.added({ queue, name }, values[1]);
    return seq;
  }

  /** Replaces the record, and with it the row's place in every index. */
  replace(key: TaskKey, head: Buffer, tail: Uint8Array, now: number): void {
    const { parts, counters, empty } = this.#with;
    const values = indexValues(head, now);
    this.#update.run(...values, head, parts.inline(tail), key.seq);
    parts.replaceTail(key, tail);
    counters.move(key.queue, key.state, values[1]);
    empty.replaced(key.queue, values[1]);
  }

  /** As {@link replace} where only the head changes, and of the indexes only the lease's. */
  replaceHead(key: Pick<TaskKey, "seq">, head: Buffer): void {
    this.#updateHead.run(attentionAtOf(head), head, key.seq);
  }

  /** Deletes the row and all that belongs to it, save its unique key. */
  remove(row: TaskRow, record: Buffer): void {
    const { parts, tags, counters } = this.#with;
    this.#delete.run(row.seq);
    parts.drop(row);
    if (record.readDoubleLE(HEAD.eventSequence) > 0) this.#deleteEvents.run(row.seq);
    tags.remove(namingOf(record).tags, row);
    counters.add(row.queue, row.state, -1);
  }
}
