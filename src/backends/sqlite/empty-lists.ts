import type { ListKey } from "./ready-heads.ts";

/**
 * Lists that are known to hold no row, so that a hand-out asks an index only for those that may: a worker of fifty
 * task names would ask it a hundred times for one task. Holds for the connection that has the file for itself, as
 * long as whoever puts a row into a list says so.
 */
export class EmptyLists {
  readonly #namesByQueue = new Map<number, Set<number>>();

  has({ queue, name }: ListKey): boolean {
    return this.#namesByQueue.get(queue)?.has(name) === true;
  }

  /** Nothing was found there. */
  note({ queue, name }: ListKey): void {
    const names = this.#namesByQueue.get(queue);
    if (names === undefined) this.#namesByQueue.set(queue, new Set([name]));
    else names.add(name);
  }

  /** A row has come into this list. */
  filled({ queue, name }: ListKey): void {
    this.#namesByQueue.get(queue)?.delete(name);
  }

  /** A row has come into one of the queue's lists. */
  queueFilled(queue: number): void {
    this.#namesByQueue.delete(queue);
  }

  /** What was noted since the last commit may be wrong. */
  forget(): void {
    this.#namesByQueue.clear();
  }
}
