/** Delivers notices in order and never from within a call: a listener comes after the answer. */
export class Feed<Notice> {
  readonly #listeners = new Set<{ readonly hear: (notice: Notice) => void }>();
  #queue: Notice[] = [];

  publish(notice: Notice): void {
    if (this.#listeners.size === 0) return;
    this.#queue.push(notice);
    if (this.#queue.length === 1) setImmediate(() => this.#deliver());
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    // An object of its own, so that one function may listen twice.
    const subscription = { hear: listener };
    this.#listeners.add(subscription);
    return () => void this.#listeners.delete(subscription);
  }

  #deliver(): void {
    const notices = this.#queue;
    this.#queue = [];
    for (const notice of notices) for (const { hear } of this.#listeners) this.#tell(hear, notice);
  }

  /** One listener's error must keep nothing from the others. */
  #tell(hear: (notice: Notice) => void, notice: Notice): void {
    try {
      hear(notice);
    } catch (thrown) {
      process.emitWarning(thrown instanceof Error ? thrown : String(thrown));
    }
  }
}
