import type { TaskRecord } from "../../core/record.ts";
import { holdsKey } from "../../core/record.ts";
import { uniqueOf, uniqueTag } from "../../core/tags.ts";
import type { UniqueClaim } from "../../storage/storage.ts";

interface Holder {
  readonly id: string;
  readonly untilAt: number;
}

/** Who holds which unique key. A holder is checked against its task, so nothing is written when it ends. */
export class UniqueKeys {
  readonly #holders = new Map<string, Holder>();
  readonly #read: (id: string) => TaskRecord | undefined;

  constructor(read: (id: string) => TaskRecord | undefined) {
    this.#read = read;
  }

  /** The task, other than this one, that keeps the key from it. */
  holderAgainst(record: TaskRecord, claim: UniqueClaim, now: number): TaskRecord | undefined {
    const holder = this.#holders.get(keyOf(record) ?? "");
    if (holder === undefined || holder.id === record.id || holder.id === claim.replaces) return;
    const held = this.#read(holder.id);
    return held !== undefined && holdsKey(held.state, holder.untilAt, now) ? held : undefined;
  }

  take(record: TaskRecord, claim: UniqueClaim): void {
    const key = keyOf(record);
    if (key !== undefined) this.#holders.set(key, { id: record.id, untilAt: claim.untilAt });
  }

  /** Forgets the key of a task that is gone. */
  release(record: TaskRecord): void {
    const key = keyOf(record);
    if (key !== undefined && this.#holders.get(key)?.id === record.id) this.#holders.delete(key);
  }
}

function keyOf(record: TaskRecord): string | undefined {
  const unique = uniqueOf(record.tags);
  return unique === undefined ? undefined : uniqueTag(...unique);
}
