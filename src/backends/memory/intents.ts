import type { Intent } from "../../storage/storage.ts";

/** Intents by age: a map keeps the order in which they were noted. */
export class Intents {
  readonly #noted = new Map<string, { readonly intent: Intent; readonly at: number }>();

  /** An intent that is known takes up more tasks and keeps its age. */
  note(id: string | undefined, taskIds: readonly string[], now: number): void {
    if (id === undefined || taskIds.length === 0) return;
    const known = this.#noted.get(id);
    const all = new Set([...(known?.intent.taskIds ?? []), ...taskIds]);
    this.#noted.set(id, { intent: { id, taskIds: [...all] }, at: known?.at ?? now });
  }

  notedBefore(at: number, limit: number): Intent[] {
    const intents: Intent[] = [];
    for (const noted of this.#noted.values()) {
      if (noted.at > at || intents.length >= limit) break;
      intents.push(noted.intent);
    }
    return intents;
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) this.#noted.delete(id);
  }
}
