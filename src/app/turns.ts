/** An app's starts and stops, in turn. */

/** A start that comes during a stop waits for it, and so does a stop for a start that waits. */
export class Turns {
  #stopping: Promise<void> | undefined;
  /** A start that waits for the stop, until it is through. */
  #restarting: Promise<void> | undefined;

  /** Runs it at once, unless a stop is under way. */
  start(run: () => Promise<void>): Promise<void> {
    if (this.#stopping === undefined) return run();
    this.#restarting ??= this.#stopping
      .catch(() => undefined)
      .then(run)
      .finally(() => (this.#restarting = undefined));
    return this.#restarting;
  }

  /** Runs it at once, also during a start that did not wait; once for all that ask meanwhile. */
  stop(run: () => Promise<void>): Promise<void> {
    if (this.#restarting !== undefined)
      return this.#restarting.catch(() => undefined).then(() => this.stop(run));
    this.#stopping ??= run().finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }
}
