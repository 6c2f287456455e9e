import type { TaskKey } from "./task-row.ts";

/** Of the newest, at least so many are kept, and at most twice as many; about 150 bytes each. */
const KEPT = 16_384;

/**
 * Keys of tasks that this connection has handed out, by id, so that their outcome needs no read. They hold because
 * the connection has the file for itself, as long as whoever changes a row says so. Of those that were dropped for
 * newer ones, the row is read.
 */
export class LeasedKeys {
  #newest = new Map<string, TaskKey>();
  #older = new Map<string, TaskKey>();

  get(id: string): TaskKey | undefined {
    return this.#newest.get(id) ?? this.#older.get(id);
  }

  /** The row as it is now. */
  set(id: string, key: TaskKey): void {
    if (this.#newest.size >= KEPT) {
      this.#older = this.#newest;
      this.#newest = new Map();
    }
    this.#newest.set(id, key);
  }

  drop(id: string): void {
    this.#newest.delete(id);
    this.#older.delete(id);
  }

  /** What was noted since the last commit may be wrong. */
  forget(): void {
    this.#newest.clear();
    this.#older.clear();
  }
}
