import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import type { QueueStats } from "../../../storage/storage.ts";
import type { Query, Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";
import type { Counters } from "./counters.ts";

type StateCounts = Map<TaskState, number>;

/**
 * Queues as they are now: the counters, corrected by the delayed tasks that are due and that no hand-out
 * has seen yet. The lists of a queue are found by skipping from one name (and rank) to the next in the index.
 */
export class QueueStates {
  readonly #readyName;
  readonly #delayedName;
  readonly #rank;
  readonly #oldest;
  readonly #oldestReturned;
  readonly #due;
  readonly #dueCounts;
  readonly #counters: Counters;
  readonly #terms: Terms;

  constructor(statements: Statements, counters: Counters, terms: Terms) {
    this.#counters = counters;
    this.#terms = terms;
    const nameAfter = (index: string, state: string): string => `
      SELECT name FROM task INDEXED BY ${index} WHERE ${state} AND queue = ? AND name > ?
      ORDER BY name LIMIT 1`;
    this.#readyName = statements.query<[name: number]>(nameAfter("ready", "rank IS NOT NULL"));
    this.#delayedName = statements.query<[name: number]>(
      nameAfter("delayed", "delayed_to IS NOT NULL"),
    );
    this.#rank = statements.query<[rank: number]>(`
      SELECT rank FROM task INDEXED BY ready WHERE queue = ? AND name = ? AND rank > ?
      ORDER BY rank LIMIT 1`);
    this.#oldest = statements.query<[dueAt: number]>(`
      SELECT order_at FROM task INDEXED BY ready
      WHERE queue = ? AND name = ? AND rank = ? AND returned_at IS NULL
      ORDER BY order_at LIMIT 1`);
    this.#oldestReturned = statements.query<[dueAt: number]>(`
      SELECT returned_at FROM task INDEXED BY returned
      WHERE returned_at IS NOT NULL AND queue = ? ORDER BY returned_at LIMIT 1`);
    this.#due = statements.query<[dueAt: number]>(`
      SELECT delayed_to FROM task INDEXED BY delayed
      WHERE queue = ? AND name = ? AND delayed_to <= ? ORDER BY delayed_to LIMIT 1`);
    this.#dueCounts = statements.query<[state: TaskState, n: number]>(`
      SELECT delayed_as, count(*) FROM task INDEXED BY delayed
      WHERE queue = ? AND name = ? AND delayed_to <= ? GROUP BY delayed_as`);
  }

  /** Counts by queue, for those that have or had tasks. */
  counts(now: number): Map<number, StateCounts> {
    const queues = this.#counters.read();
    for (const [queue, states] of queues) this.#correct(queue, states, now);
    return queues;
  }

  stats(params: { readonly queues: readonly string[] }, now: number): QueueStats[] {
    const known = this.#counters.read();
    const all = [...known.keys()].map((queue) => this.#terms.text(queue)).toSorted();
    const wanted = params.queues.length === 0 ? all : params.queues;
    return wanted.flatMap((text) => {
      const queue = this.#terms.find(text);
      const states = queue === undefined ? undefined : known.get(queue);
      return queue === undefined || states === undefined ? [] : [this.#stat(queue, states, now)];
    });
  }

  #stat(queue: number, states: StateCounts, now: number): QueueStats {
    this.#correct(queue, states, now);
    const ready = [...this.#names(this.#readyName, queue)];
    const delayed = [...this.#names(this.#delayedName, queue)];
    const names = [...new Set([...ready, ...delayed])].map((name) => this.#terms.text(name));
    return {
      queue: this.#terms.text(queue),
      states,
      oldestPendingAt: this.#oldestPendingAt(queue, { ready, delayed }, now),
      waitingNames: names.toSorted(),
    };
  }

  #oldestPendingAt(
    queue: number,
    names: { readonly ready: readonly number[]; readonly delayed: readonly number[] },
    now: number,
  ): number {
    const times = [this.#oldestReturned.get(queue)?.[0]];
    for (const name of names.delayed) times.push(this.#due.get(queue, name, now)?.[0]);
    for (const name of names.ready)
      for (const rank of this.#ranks(queue, name))
        times.push(this.#oldest.get(queue, name, rank)?.[0]);
    return times.reduce<number>(
      (oldest, at) => (at !== undefined && (oldest === 0 || at < oldest) ? at : oldest),
      0,
    );
  }

  #correct(queue: number, states: StateCounts, now: number): void {
    for (const name of this.#names(this.#delayedName, queue))
      for (const [state, n] of this.#dueCounts.all(queue, name, now)) {
        const left = (states.get(state) ?? 0) - n;
        if (left > 0) states.set(state, left);
        else states.delete(state);
        states.set(TaskState.PENDING, (states.get(TaskState.PENDING) ?? 0) + n);
      }
  }

  *#names(next: Query<[number]>, queue: number): Iterable<number> {
    for (let row = next.get(queue, 0); row !== undefined; row = next.get(queue, row[0]))
      yield row[0];
  }

  *#ranks(queue: number, name: number): Iterable<number> {
    const after = (rank: number): [number] | undefined => this.#rank.get(queue, name, rank);
    for (let row = after(-Infinity); row !== undefined; row = after(row[0])) yield row[0];
  }
}
