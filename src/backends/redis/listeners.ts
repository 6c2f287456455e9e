/** The listeners of a backend's notices. */
import type { Logger } from "pino";

/** Calls every listener; one that throws is logged and does not keep the news from the others. */
export class Listeners<T> {
  readonly #listeners = new Set<(notice: T) => void>();
  readonly #logger: Logger | undefined;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  /** Returns the function that ends it. */
  add(listener: (notice: T) => void): () => void {
    // A wrapper, so that the same function may listen twice and leave once.
    const own = (notice: T): void => listener(notice);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  emit(notice: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(notice);
      } catch (error) {
        this.#logger?.error({ err: error }, "a listener of notices failed");
      }
    }
  }
}
