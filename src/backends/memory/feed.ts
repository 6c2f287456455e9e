/** Delivers notices in order and never from within a call: a listener comes after the answer. */
export class Feed<Notice> {
  readonly #listeners = new Set<{ readonly hear: (notice: Notice) => void }>();

  publish(notice: Notice): void {
    if (this.#listeners.size === 0) return;
    setImmediate(() => this.#deliver(notice));
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    // An object of its own, so that one function may listen twice.
    const subscription = { hear: listener };
    this.#listeners.add(subscription);
    return () => void this.#listeners.delete(subscription);
  }

  #deliver(notice: Notice): void {
    for (const { hear } of this.#listeners) this.#tell(hear, notice);
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
