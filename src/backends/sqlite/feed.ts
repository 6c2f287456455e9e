/** Tells listeners of notices, in order and after the answers that they come with. */
export class Feed<Notice> {
  readonly #subscriptions = new Set<{ readonly listener: (notice: Notice) => void }>();
  readonly #onError: (thrown: unknown) => void;
  #notices: Notice[] = [];

  /** `onError` hears what a listener throws; the others are told all the same. */
  constructor(onError: (thrown: unknown) => void) {
    this.#onError = onError;
  }

  publish(notice: Notice): void {
    if (this.#subscriptions.size === 0) return;
    this.#notices.push(notice);
    // Whoever awaits the answer goes first.
    if (this.#notices.length === 1) setImmediate(() => this.#deliver());
  }

  subscribe(listener: (notice: Notice) => void): () => void {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  #deliver(): void {
    const notices = this.#notices;
    this.#notices = [];
    for (const notice of notices)
      for (const { listener } of this.#subscriptions) this.#tell(listener, notice);
  }

  #tell(listener: (notice: Notice) => void, notice: Notice): void {
    try {
      listener(notice);
    } catch (thrown) {
      this.#onError(thrown);
    }
  }
}
