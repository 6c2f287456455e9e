/** An app's starts and stops, in turn. */

/** A start that comes during a stop waits for it, and so does a stop for a start that waits, until that begins. */
export class Turns {
  #stopping: Promise<void> | undefined;
  /** Resolves when the starts that wait for a stop may begin. */
  #turn: Promise<void> | undefined;

  /** Runs it at once, unless a stop is under way. */
  async start(run: () => Promise<void>): Promise<void> {
    // Of several that waited, a stop may have come before this one.
    while (this.#stopping !== undefined) await this.#afterStop();
    await run();
  }

  /** Runs it at once, also during a start that has begun; once for all that ask meanwhile. */
  async stop(run: () => Promise<void>): Promise<void> {
    // A start that waits comes first: it was asked for first.
    while (this.#turn !== undefined) await this.#turn;
    this.#stopping ??= run().finally(() => (this.#stopping = undefined));
    await this.#stopping;
  }

  #afterStop(): Promise<void> {
    this.#turn ??= this.#stopping!.catch(() => undefined).then(() => (this.#turn = undefined));
    return this.#turn;
  }
}
