import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import type { ListKey, Place, ReadyLists } from "../ready-heads.ts";
import type { Statements } from "../statements.ts";
import type { Counters } from "./counters.ts";
import type { EmptyTaskLists } from "./empty-task-lists.ts";
import { ROW_COLUMNS, taskRow, type RowColumns, type TaskRow } from "./task-table.ts";

export interface ReadyTask extends Place {
  readonly row: TaskRow;
}

/** Waiting tasks by queue and name: the ready ones in the order of the hand-out, the delayed ones by due time. */
export class ReadyTasks implements ReadyLists<ReadyTask> {
  readonly #heads;
  readonly #due;
  readonly #nextDue;
  readonly #setState;
  readonly #counters: Counters;
  readonly #empty: EmptyTaskLists;

  constructor(statements: Statements, counters: Counters, empty: EmptyTaskLists) {
    this.#empty = empty;
    this.#counters = counters;
    // Past its deadline a task waits for the rescuer alone.
    this.#heads = statements.query<[rank: number, orderAt: number, ...RowColumns]>(`
      SELECT rank, order_at, ${ROW_COLUMNS} FROM task INDEXED BY ready
      WHERE state = 2 AND queue = ? AND name = ? AND (attention_at = 0 OR attention_at > ?)
      ORDER BY rank, order_at, id LIMIT ?`);
    this.#due = statements.query<[seq: number, state: TaskState]>(`
      SELECT seq, state FROM task INDEXED BY delayed
      WHERE (state = 1 OR state = 4) AND queue = ? AND name = ? AND due_at <= ? ORDER BY due_at LIMIT ?`);
    this.#nextDue = statements.query<[dueAt: number]>(`
      SELECT due_at FROM task INDEXED BY delayed
      WHERE (state = 1 OR state = 4) AND queue = ? AND name = ? ORDER BY due_at LIMIT 1`);
    this.#setState = statements.command("UPDATE task SET state = ? WHERE seq = ?");
  }

  heads(list: ListKey, limit: number, now: number): ReadyTask[] {
    if (this.#empty.ready.has(list)) return [];
    const heads = this.#heads.all(list.queue, list.name, now, limit);
    if (heads.length === 0) this.#empty.ready.note(list);
    return heads.map(([rank, orderAt, ...columns]) => {
      const row = taskRow(columns);
      return { rank, orderAt, id: row.id, row };
    });
  }

  promote(list: ListKey, limit: number, now: number): number {
    const { queue, name } = list;
    const due = this.#due.all(queue, name, now, limit);
    for (const [seq, state] of due) {
      this.#setState.run(TaskState.PENDING, seq);
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
  demote(row: TaskRow, state: TaskState): void {
    this.#setState.run(state, row.seq);
    this.#counters.move(row.queue, row.state, state);
    this.#empty.delayed.queueFilled(row.queue);
  }
}
