/**
 * Changes that this server has sent to the storage and has no verdict on. The notice of a change may come before
 * the verdict: who waits for the task learns more from this server's own write, when it lands, than from a read.
 */
import type { Change } from "../storage/storage.ts";

interface Batch {
  readonly changes: readonly Change[];
  /** Made when somebody asks: most batches land unasked. */
  asked: Asked | undefined;
}

interface Asked {
  readonly ids: ReadonlySet<string>;
  readonly landed: PromiseWithResolvers<void>;
}

export class WritesUnderWay {
  readonly #batches = new Set<Batch>();

  /** Runs the write of these changes; they are under way until it settles. */
  async during<T>(changes: readonly Change[], write: () => Promise<T>): Promise<T> {
    const batch: Batch = { changes, asked: undefined };
    this.#batches.add(batch);
    try {
      return await write();
    } finally {
      this.#batches.delete(batch);
      batch.asked?.landed.resolve();
    }
  }

  /** Resolves when the write of this task that is under way has landed or failed; undefined where there is none. */
  landing(id: string): Promise<void> | undefined {
    for (const batch of this.#batches) {
      batch.asked ??= {
        ids: new Set(batch.changes.map(({ after }) => after.id)),
        landed: Promise.withResolvers(),
      };
      if (batch.asked.ids.has(id)) return batch.asked.landed.promise;
    }
    return undefined;
  }
}
