import type { Held, Message } from "../../../broker/broker.ts";
import { EmptyLists } from "../empty-lists.ts";
import type { ListKey, Place, ReadyLists } from "../ready-heads.ts";
import type { Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";

type Columns = [
  seq: number,
  taskId: string,
  generation: number,
  queue: number,
  name: number,
  rank: number,
  orderAt: number,
];

const COLUMNS = "seq, task_id, generation, queue, name, rank, order_at";

/** A message with its row; its `delayMs` is 0. */
export interface StoredMessage extends Place {
  readonly seq: number;
  readonly list: ListKey;
  readonly message: Message;
}

/** The rows of messages, which wait by queue and name. One under a hold is due again when the hold ends. */
export class MessageTable implements ReadyLists<StoredMessage> {
  readonly #publish;
  readonly #heads;
  readonly #due;
  readonly #nextDue;
  readonly #makeReady;
  readonly #hold;
  readonly #held;
  readonly #underHold;
  readonly #settle;
  readonly #defer;
  readonly #terms: Terms;
  readonly #noneReady = new EmptyLists();
  readonly #noneDelayed = new EmptyLists();

  constructor(statements: Statements, terms: Terms) {
    this.#terms = terms;
    this.#publish = statements.command(`
      INSERT INTO message (task_id, generation, queue, name, rank, order_at, due_at, ready, hold)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')
      ON CONFLICT (task_id) DO UPDATE SET generation = excluded.generation, queue = excluded.queue,
        name = excluded.name, rank = excluded.rank, order_at = excluded.order_at,
        due_at = excluded.due_at, ready = excluded.ready, hold = ''
      WHERE excluded.generation > generation`);
    this.#heads = statements.query<Columns>(`
      SELECT ${COLUMNS} FROM message INDEXED BY ready WHERE ready = 1 AND queue = ? AND name = ?
      ORDER BY rank, order_at, task_id LIMIT ?`);
    this.#due = statements.query<[seq: number]>(`
      SELECT seq FROM message INDEXED BY delayed
      WHERE ready = 0 AND queue = ? AND name = ? AND due_at <= ? ORDER BY due_at LIMIT ?`);
    this.#nextDue = statements.query<[dueAt: number]>(`
      SELECT due_at FROM message INDEXED BY delayed WHERE ready = 0 AND queue = ? AND name = ?
      ORDER BY due_at LIMIT 1`);
    this.#makeReady = statements.command("UPDATE message SET ready = 1 WHERE seq = ?");
    this.#hold = statements.command(
      "UPDATE message SET ready = 0, hold = ?, due_at = ? WHERE seq = ?",
    );
    this.#held = statements.query<Columns>(`
      SELECT ${COLUMNS} FROM message INDEXED BY held WHERE hold <> '' AND hold = ?
      ORDER BY rank, order_at, task_id`);
    this.#underHold = statements.query<Columns>(
      `SELECT ${COLUMNS} FROM message WHERE task_id = ? AND hold = ? AND generation = ?`,
    );
    this.#settle = statements.command(
      "DELETE FROM message WHERE task_id = ? AND hold = ? AND generation = ?",
    );
    this.#defer = statements.command(
      "UPDATE message SET ready = ?, hold = '', due_at = ? WHERE seq = ?",
    );
  }

  /** Whether it is news. */
  publish(message: Message, now: number): boolean {
    const { taskId, generation, queue, name, priority, orderAt, delayMs } = message;
    const list = { queue: this.#terms.intern(queue), name: this.#terms.intern(name) };
    const place = [0 - priority, orderAt, now + delayMs, delayMs > 0 ? 0 : 1];
    this.#filled(list, delayMs === 0);
    return this.#publish.run(taskId, generation, list.queue, list.name, ...place) > 0;
  }

  heads(list: ListKey, limit: number): StoredMessage[] {
    if (this.#noneReady.has(list)) return [];
    const heads = this.#heads.all(list.queue, list.name, limit);
    if (heads.length === 0) this.#noneReady.note(list);
    return heads.map((columns) => this.#stored(columns));
  }

  promote(list: ListKey, limit: number, now: number): number {
    const due = this.#due.all(list.queue, list.name, now, limit);
    for (const [seq] of due) this.#makeReady.run(seq);
    if (due.length > 0) this.#noneReady.filled(list);
    return due.length;
  }

  nextDueAt(list: ListKey): number {
    if (this.#noneDelayed.has(list)) return 0;
    const [dueAt] = this.#nextDue.get(list.queue, list.name) ?? [];
    if (dueAt === undefined) this.#noneDelayed.note(list);
    return dueAt ?? 0;
  }

  hold({ seq, list }: StoredMessage, hold: string, untilAt: number): void {
    this.#hold.run(hold, untilAt, seq);
    this.#filled(list, false);
  }

  heldBy(hold: string): StoredMessage[] {
    return this.#held.all(hold).map((columns) => this.#stored(columns));
  }

  settle({ taskId, hold, generation }: Held): void {
    this.#settle.run(taskId, hold, generation);
  }

  /** The message, where it was under this hold. */
  defer({ taskId, hold, generation }: Held, dueAt: number, now: number): Message | undefined {
    const columns = this.#underHold.get(taskId, hold, generation);
    if (columns === undefined) return undefined;
    const isReady = dueAt <= now;
    this.#defer.run(isReady ? 1 : 0, dueAt, columns[0]);
    const { list, message } = this.#stored(columns);
    this.#filled(list, isReady);
    return message;
  }

  rolledBack(): void {
    this.#noneReady.forget();
    this.#noneDelayed.forget();
  }

  #filled(list: ListKey, isReady: boolean): void {
    (isReady ? this.#noneReady : this.#noneDelayed).filled(list);
  }

  #stored([seq, taskId, generation, queue, name, rank, orderAt]: Columns): StoredMessage {
    const message: Message = {
      taskId,
      generation,
      queue: this.#terms.text(queue),
      name: this.#terms.text(name),
      priority: 0 - rank,
      orderAt,
      delayMs: 0,
    };
    return { seq, id: taskId, rank, orderAt, list: { queue, name }, message };
  }
}
