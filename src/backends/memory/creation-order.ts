import type { Cursor } from "../../storage/storage.ts";
import type { Entry } from "./entry.ts";

/**
 * Entries by creation time, then id. An array, as tasks come almost in order; what is removed stays
 * until half of the array is gone.
 */
export class CreationOrder {
  #entries: Entry[] = [];
  #removed = 0;

  get size(): number {
    return this.#entries.length - this.#removed;
  }

  add(entry: Entry): void {
    this.#entries.splice(this.#placeOf(entry.record), 0, entry);
  }

  /** To be called after `entry.removed` is set. */
  remove(): void {
    this.#removed += 1;
    if (this.#removed * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.filter((entry) => !entry.removed);
    this.#removed = 0;
  }

  /** From the newest on, or from the first after the cursor. */
  *newestFirst(after: Cursor | undefined): Iterable<Entry> {
    let place = after === undefined ? this.#entries.length : this.#placeOf(after);
    while (place-- > 0) {
      const entry = this.#entries[place]!;
      if (!entry.removed) yield entry;
    }
  }

  /** How many entries come before the cursor; searched from the end, where new ones go. */
  #placeOf(cursor: Cursor): number {
    const last = this.#entries.at(-1);
    if (last !== undefined && isOlder(last.record, cursor)) return this.#entries.length;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isOlder(this.#entries[middle]!.record, cursor)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isOlder(a: Cursor, b: Cursor): boolean {
  return a.createdAt === b.createdAt ? a.id < b.id : a.createdAt < b.createdAt;
}
