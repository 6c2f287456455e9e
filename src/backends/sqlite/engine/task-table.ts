import type { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import type { Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";
import type { Counters } from "./counters.ts";
import { indexColumns } from "./index-columns.ts";
import type { Parts, StoredBlobs } from "./parts.ts";
import type { TagIndex } from "./tag-index.ts";

/** A row as it is needed to change it. */
export interface TaskRow extends StoredBlobs {
  readonly id: string;
  readonly revision: number;
  /** See schema.sql. */
  readonly state: TaskState;
  readonly queue: number;
  readonly createdAt: number;
}

type Columns = [
  seq: number,
  id: string,
  revision: number,
  state: TaskState,
  queue: number,
  createdAt: number,
  head: Uint8Array,
  middle: Uint8Array | null,
  tail: Uint8Array | null,
];

/** Columns of {@link taskRow}, for statements elsewhere that select rows. */
export const ROW_COLUMNS = "seq, id, revision, state, queue, created_at, head, middle, tail";

export type RowColumns = Columns;

export function taskRow(columns: Columns): TaskRow {
  const [seq, id, revision, state, queue, createdAt, head, middle, tail] = columns;
  return { seq, id, revision, state, queue, createdAt, head, middle, tail };
}

export interface TaskTableParts {
  readonly statements: Statements;
  readonly terms: Terms;
  readonly parts: Parts;
  readonly tags: TagIndex;
  readonly counters: Counters;
}

/** The rows of tasks, with the counters, tags and large parts that follow them. */
export class TaskTable {
  readonly #byId;
  readonly #bySeq;
  readonly #insert;
  readonly #update;
  readonly #updateHead;
  readonly #delete;
  readonly #deleteEvents;
  readonly #terms: Terms;
  readonly #parts: Parts;
  readonly #tags: TagIndex;
  readonly #counters: Counters;

  constructor({ statements, terms, parts, tags, counters }: TaskTableParts) {
    this.#terms = terms;
    this.#parts = parts;
    this.#tags = tags;
    this.#counters = counters;
    this.#byId = statements.query<Columns>(`SELECT ${ROW_COLUMNS} FROM task WHERE id = ?`);
    this.#bySeq = statements.query<Columns>(`SELECT ${ROW_COLUMNS} FROM task WHERE seq = ?`);
    this.#insert = statements.command(`
      INSERT INTO task (id, revision, state, queue, name, rank, order_at, due_at, attention_at,
        created_at, purge_at, head, middle, tail)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`);
    this.#update = statements.command(`
      UPDATE task SET revision = ?, state = ?, rank = ?, order_at = ?, due_at = ?, attention_at = ?,
        purge_at = ?, head = ?, tail = ? WHERE seq = ?`);
    this.#updateHead = statements.command(
      "UPDATE task SET attention_at = ?, head = ? WHERE seq = ?",
    );
    this.#delete = statements.command("DELETE FROM task WHERE seq = ?");
    this.#deleteEvents = statements.command("DELETE FROM event WHERE task = ?");
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
    const { head, name, queue, tags, middle, tail } = splitRecord(record);
    const columns = indexColumns(head, now);
    const { revision, state, rank, orderAt, dueAt, attentionAt, createdAt, purgeAt } = columns;
    const queueId = this.#terms.intern(queue);
    const seq = this.#insert.insert(
      ...[
        id,
        revision,
        state,
        queueId,
        this.#terms.intern(name),
        rank,
        orderAt,
        dueAt,
        attentionAt,
      ],
      ...[createdAt, purgeAt, head, this.#parts.inline(middle), this.#parts.inline(tail)],
    );
    if (seq === 0) return 0;
    this.#parts.keep(seq, "middle", middle);
    this.#parts.keep(seq, "tail", tail);
    this.#tags.add(tags, { seq, id, createdAt });
    this.#counters.add(queueId, state, 1);
    return seq;
  }

  /** Replaces the record, and with it the row's place in every index. */
  replace(row: TaskRow, head: Buffer, tail: Uint8Array, now: number): void {
    const { revision, state, rank, orderAt, dueAt, attentionAt, purgeAt } = indexColumns(head, now);
    this.#update.run(
      ...[revision, state, rank, orderAt, dueAt, attentionAt, purgeAt],
      ...[head, this.#parts.inline(tail), row.seq],
    );
    this.#parts.replaceTail(row.seq, tail, row.tail === null);
    this.#counters.move(row.queue, row.state, state);
  }

  /** As {@link replace} where only the head changes, and of the indexes only the lease's. */
  replaceHead(row: TaskRow, head: Buffer, now: number): void {
    this.#updateHead.run(indexColumns(head, now).attentionAt, head, row.seq);
  }

  /** Deletes the row and all that belongs to it, save its unique key. */
  remove(row: TaskRow): void {
    this.#delete.run(row.seq);
    this.#parts.drop(row);
    if (headOf(row).readDoubleLE(HEAD.eventSequence) > 0) this.#deleteEvents.run(row.seq);
    this.#tags.remove(this.tagsOf(row), row);
    this.#counters.add(row.queue, row.state, -1);
  }

  tagsOf(row: TaskRow): readonly string[] {
    const head = headOf(row);
    return head.readUInt32LE(HEAD.tagsLength) === 0
      ? []
      : splitMiddle(head, bufferOf(this.#parts.middle(row))).tags;
  }
}

/** A view for reading numbers at the offsets of HEAD. */
export function headOf(row: Pick<TaskRow, "head">): Buffer {
  return bufferOf(row.head);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The tags of a packed record. */
export function recordTags(record: Buffer): readonly string[] {
  return splitRecord(record).tags;
}

interface SplitRecord {
  readonly head: Buffer;
  readonly middle: Buffer;
  readonly tail: Buffer;
  readonly name: string;
  readonly queue: string;
  readonly tags: readonly string[];
}

function splitRecord(record: Buffer): SplitRecord {
  const head = record.subarray(0, HEAD.size);
  const lengths = [HEAD.nameLength, HEAD.queueLength, HEAD.tagsLength, HEAD.specLength];
  const end = lengths.reduce((sum, offset) => sum + head.readUInt32LE(offset), HEAD.size as number);
  const middle = record.subarray(HEAD.size, end);
  return { head, middle, tail: record.subarray(end), ...splitMiddle(head, middle) };
}

function splitMiddle(head: Buffer, middle: Buffer): Pick<SplitRecord, "name" | "queue" | "tags"> {
  const nameEnd = head.readUInt32LE(HEAD.nameLength);
  const queueEnd = nameEnd + head.readUInt32LE(HEAD.queueLength);
  const tagsEnd = queueEnd + head.readUInt32LE(HEAD.tagsLength);
  return {
    name: middle.toString("utf8", 0, nameEnd),
    queue: middle.toString("utf8", nameEnd, queueEnd),
    tags: tagsEnd === queueEnd ? [] : middle.toString("utf8", queueEnd, tagsEnd).split("\n"),
  };
}
