import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { Entry } from "./entry.ts";
import { Timeline } from "./timeline.ts";

interface Queue {
  readonly states: Map<TaskState, number>;
  /** Pending tasks by due time. */
  readonly pending: Timeline<Entry>;
}

/** How many tasks of each queue are in which state, as read; kept for queues that had tasks once. */
export class QueueCounters {
  readonly #queues = new Map<string, Queue>();

  add(entry: Entry, state: TaskState): void {
    const queue = this.#queueFor(entry.record.queue);
    entry.countedAs = state;
    queue.states.set(state, (queue.states.get(state) ?? 0) + 1);
    if (state !== TaskState.PENDING) return;
    entry.pending = queue.pending.add(entry.record.dueAt, entry.record.id, entry);
  }

  remove(entry: Entry): void {
    const queue = this.#queues.get(entry.record.queue)!;
    const left = queue.states.get(entry.countedAs)! - 1;
    if (left === 0) queue.states.delete(entry.countedAs);
    else queue.states.set(entry.countedAs, left);
    queue.pending.remove(entry.pending);
    entry.pending = undefined;
  }

  has(queue: string): boolean {
    return this.#queues.has(queue);
  }

  /** All queues, by name. */
  names(): string[] {
    return [...this.#queues.keys()].toSorted();
  }

  states(queue: string): ReadonlyMap<TaskState, number> {
    return new Map(this.#queues.get(queue)?.states);
  }

  oldestPendingAt(queue: string): number {
    return this.#queues.get(queue)?.pending.firstAt ?? 0;
  }

  #queueFor(name: string): Queue {
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = { states: new Map(), pending: new Timeline() };
      this.#queues.set(name, queue);
    }
    return queue;
  }
}
