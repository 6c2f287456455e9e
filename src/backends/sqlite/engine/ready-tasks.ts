import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { bufferOf } from "../../../core/bytes.ts";
import { HEAD } from "../../../core/record-codec.ts";
import type { ListKey, Place, ReadyLists } from "../ready-heads.ts";
import type { Statements } from "../statements.ts";
import type { Counters } from "./counters.ts";
import type { EmptyTaskLists } from "./empty-task-lists.ts";
import { PLACE_COLUMNS, placeOf } from "./index-columns.ts";
import { selectRows, taskRow, type RowColumns, type TaskRow } from "./task-row.ts";

export interface ReadyTask extends Place {
  readonly row: TaskRow;
}

/** Waiting tasks by queue and name: the ready ones in the order of the hand-out, the delayed ones by due time. */
export class ReadyTasks implements ReadyLists<ReadyTask> {
  readonly #heads;
  readonly #due;
  readonly #nextDue;
  readonly #place;
  readonly #counters: Counters;
  readonly #empty: EmptyTaskLists;

  constructor(statements: Statements, counters: Counters, empty: EmptyTaskLists) {
    this.#empty = empty;
    this.#counters = counters;
    // Past its deadline a task waits for the rescuer alone.
    this.#heads = statements.query<RowColumns>(`
      ${selectRows({ index: "ready" })}
      WHERE rank IS NOT NULL AND queue = ? AND name = ? AND (deadline_at IS NULL OR deadline_at > ?)
      ORDER BY rank, order_at, id LIMIT ?`);
    this.#due = statements.query<[seq: number, state: TaskState, head: Uint8Array]>(`
      SELECT seq, delayed_as, head FROM task INDEXED BY delayed
      WHERE queue = ? AND name = ? AND delayed_to <= ? ORDER BY delayed_to LIMIT ?`);
    this.#nextDue = statements.query<[dueAt: number]>(`
      SELECT delayed_to FROM task INDEXED BY delayed
      WHERE delayed_to IS NOT NULL AND queue = ? AND name = ? ORDER BY delayed_to LIMIT 1`);
    const columns = PLACE_COLUMNS.map((column) => `${column} = ?`);
    this.#place = statements.command(`UPDATE task SET ${columns.join(", ")} WHERE seq = ?`);
  }

  heads(list: ListKey, limit: number, now: number): ReadyTask[] {
    if (this.#empty.ready.has(list)) return [];
    const heads = this.#heads.all(list.queue, list.name, now, limit);
    if (heads.length === 0) this.#empty.ready.note(list);
    return heads.map((columns) => {
      const row = taskRow(columns);
      const rank = 0 - row.record.readInt32LE(HEAD.priority);
      return { rank, orderAt: row.record.readDoubleLE(HEAD.orderAt), id: row.id, row };
    });
  }

  promote(list: ListKey, limit: number, now: number): number {
    const { queue, name } = list;
    const due = this.#due.all(queue, name, now, limit);
    for (const [seq, state, head] of due) {
      this.#move(seq, bufferOf(head), TaskState.PENDING);
      this.#counters.move(queue, state, TaskState.PENDING);
    }
    if (due.length > 0) this.#empty.ready.filled(list);
    return due.length;
  }

  nextDueAt(list: ListKey): number {
    if (this.#empty.delayed.has(list)) return 0;
    const [dueAt] = this.#nextDue.get(list.queue, list.name) ?? [];
    if (dueAt === undefined) this.#empty.delayed.note(list);
    return dueAt ?? 0;
  }

  /** Makes a task wait again that was ready by a clock which ran ahead. */
  demote({ seq, queue, state, record }: TaskRow, to: TaskState): void {
    this.#move(seq, record, to);
    this.#counters.move(queue, state, to);
    this.#empty.delayed.queueFilled(queue);
  }

  #move(seq: number, head: Buffer, state: TaskState): void {
    this.#place.run(...placeOf(head, state), seq);
  }
}
