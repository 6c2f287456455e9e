import type { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import type { Statements } from "../statements.ts";

/** Above every state's number. */
const STATES = 32;

/** Tasks by queue and indexed state. Changes are gathered and written once per transaction. */
export class Counters {
  readonly #upsert;
  readonly #all;
  #changes = new Map<number, number>();

  constructor(statements: Statements) {
    this.#upsert = statements.command(`
      INSERT INTO counter (queue, state, n) VALUES (?, ?, ?)
      ON CONFLICT (queue, state) DO UPDATE SET n = n + excluded.n`);
    this.#all = statements.query<[queue: number, state: TaskState, n: number]>(
      "SELECT queue, state, n FROM counter",
    );
  }

  add(queue: number, state: TaskState, n: number): void {
    const key = queue * STATES + state;
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + n);
  }

  move(queue: number, from: TaskState, to: TaskState): void {
    if (from === to) return;
    this.add(queue, from, -1);
    this.add(queue, to, 1);
  }

  flush(): void {
    for (const [key, n] of this.#changes)
      if (n !== 0) this.#upsert.run(Math.floor(key / STATES), key % STATES, n);
    this.#changes.clear();
  }

  discard(): void {
    this.#changes.clear();
  }

  /** As committed: by queue, for those that have or had tasks. */
  read(): Map<number, Map<TaskState, number>> {
    const queues = new Map<number, Map<TaskState, number>>();
    for (const [queue, state, n] of this.#all.all()) {
      let states = queues.get(queue);
      if (states === undefined) queues.set(queue, (states = new Map()));
      if (n !== 0) states.set(state, n);
    }
    return queues;
  }
}
