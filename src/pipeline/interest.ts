/**
 * Who wants to hear of which task. One subscription to the storage serves every await and watch of
 * this server. Register first, read second: what changes in between is then noticed.
 */
import type { TaskRecord } from "../core/record.ts";
import type { TaskChange } from "../storage/storage.ts";

/**
 * Called with the change, and the record where this server made it; with undefined where changes may
 * have been missed: read again.
 */
export type ChangeListener = (change: TaskChange | undefined, record?: TaskRecord) => void;

export class Interest {
  readonly #byTask = new Map<string, Set<ChangeListener>>();
  readonly #ofAll = new Set<ChangeListener>();

  /** Ids that somebody waits for. */
  get size(): number {
    return this.#byTask.size;
  }

  /** Returns the function that ends the interest. */
  inTask(taskId: string, listener: ChangeListener): () => void {
    const listeners = this.#byTask.get(taskId) ?? new Set();
    this.#byTask.set(taskId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byTask.get(taskId) === listeners)
        this.#byTask.delete(taskId);
    };
  }

  inAll(listener: ChangeListener): () => void {
    this.#ofAll.add(listener);
    return () => this.#ofAll.delete(listener);
  }

  tell(changes: readonly TaskChange[]): void {
    if (this.#byTask.size === 0 && this.#ofAll.size === 0) return;
    for (const change of changes) {
      const listeners = this.#byTask.get(change.id);
      if (listeners !== undefined) for (const listener of listeners) listener(change);
      for (const listener of this.#ofAll) listener(change);
    }
  }

  /**
   * This server has written the end of a task: those who wait for it need neither the notice, which
   * comes later, nor a read.
   */
  tellEnd(record: TaskRecord): void {
    const listeners = this.#byTask.get(record.id);
    if (listeners !== undefined) for (const listener of listeners) listener(record, record);
  }

  /** Changes may have been missed: everybody reads again. */
  tellGap(): void {
    for (const listeners of this.#byTask.values())
      for (const listener of listeners) listener(undefined);
    for (const listener of this.#ofAll) listener(undefined);
  }
}
