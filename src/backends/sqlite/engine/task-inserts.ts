import type { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import type { Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";
import { indexedState, PLACE_COLUMNS, placeOf, type Place } from "./index-columns.ts";
import { namingOf, splitRecord, type SplitRecord } from "./split-record.ts";
import type { Tails } from "./tails.ts";

/** A packed record that is to become a row. */
export interface NewTask {
  readonly id: string;
  readonly record: Buffer;
}

/** What the row is made of. */
export interface NewRow extends SplitRecord {
  readonly id: string;
  readonly queue: number;
  readonly name: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly state: TaskState;
  readonly place: Place;
}

/** Rows of one statement: what goes to and fro for each statement costs a third of an insert. */
const CHUNK = 16;

/** Statements that insert rows: many at a time where all of them are plain ready tasks, one by one else. */
export class TaskInserts {
  readonly #any;
  readonly #chunk;
  readonly #find;
  readonly #body;
  readonly #bodies;
  readonly #tails: Tails;

  constructor(statements: Statements, tails: Tails) {
    this.#tails = tails;
    const insert = (columns: readonly string[], rows = 1) =>
      statements.command(`
        INSERT INTO task (id, queue, name, created_at, head, ${columns.join(", ")})
        VALUES ${tuples(5 + columns.length, rows)} ON CONFLICT (id) DO NOTHING`);
    this.#any = insert([...PLACE_COLUMNS, "tail"]);
    this.#chunk = insert(["rank", "order_at"], CHUNK);
    this.#find = statements.query<[seq: number]>("SELECT seq FROM task WHERE id = ?");
    const body = (rows: number) =>
      statements.command(`INSERT INTO body (task, middle) VALUES ${tuples(2, rows)}`);
    this.#body = body(1);
    this.#bodies = body(CHUNK);
  }

  /** The seq of each new row, in order; 0 where the id is taken. */
  insert(rows: readonly NewRow[]): number[] {
    const seqs: number[] = [];
    while (seqs.length < rows.length) {
      const chunk = rows.slice(seqs.length, seqs.length + CHUNK);
      if (chunk.length === CHUNK && chunk.every(isPlain)) seqs.push(...this.#insertChunk(chunk));
      else for (const row of chunk) seqs.push(this.#insertOne(row));
    }
    return seqs;
  }

  #insertOne(row: NewRow): number {
    const { id, queue, name, createdAt, head, middle, place, tail } = row;
    const values = [id, queue, name, createdAt, head, ...place, this.#tails.inline(tail)];
    const seq = this.#any.insert(...values);
    if (seq === 0) return 0;
    this.#body.run(seq, middle);
    this.#tails.replace({ seq, tailApart: false }, tail);
    return seq;
  }

  #insertChunk(chunk: readonly NewRow[]): number[] {
    const { count, last } = this.#chunk.insertMany(...chunk.flatMap(plainColumns));
    const first = last - count + 1;
    if (count < CHUNK) return this.#insertedOf(chunk, first, last);
    this.#bodies.run(...chunk.flatMap(({ middle }, at) => [first + at, middle]));
    return chunk.map((_, at) => first + at);
  }

  /** Some ids were taken, or named twice: the new rows are those from `first` to `last`. */
  #insertedOf(chunk: readonly NewRow[], first: number, last: number): number[] {
    const seen = new Set<number>();
    return chunk.map(({ id, middle }) => {
      const seq = this.#find.get(id)?.[0] ?? 0;
      if (seq < first || seq > last || seen.has(seq)) return 0;
      seen.add(seq);
      this.#body.run(seq, middle);
      return seq;
    });
  }
}

/** Reads a row off its record. */
export function newRow({ id, record }: NewTask, terms: Terms, now: number): NewRow {
  const parts = splitRecord(record);
  const { queue, name, tags } = namingOf(record);
  const state = indexedState(parts.head, now);
  return {
    ...parts,
    id,
    queue: terms.intern(queue),
    name: terms.intern(name),
    tags,
    createdAt: record.readDoubleLE(HEAD.createdAt),
    state,
    place: placeOf(parts.head, state),
  };
}

/** Ready, never handed out, and nothing else. */
function isPlain({ place: [rank, , ...others], tail }: NewRow): boolean {
  return rank !== null && tail.length === 0 && others.every((value) => value === null);
}

function plainColumns({ id, queue, name, createdAt, head, place: [rank, orderAt] }: NewRow) {
  return [id, queue, name, createdAt, head, rank, orderAt];
}

function tuples(columns: number, rows: number): string {
  const tuple = `(${Array<string>(columns).fill("?").join(", ")})`;
  return Array<string>(rows).fill(tuple).join(", ");
}
