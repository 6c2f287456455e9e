/** The starts and stops of one thing, in the order in which they are asked for. */
import { QTasksError } from "../core/errors.ts";

/**
 * What is asked for at once is done once. A start that comes during a stop waits for it, and so does a stop for a start
 * that waits, until that begins: the last that was asked for counts.
 */
export class Lifecycle {
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** Resolves when the starts that wait for a stop may begin. */
  #turn: Promise<void> | undefined;

  /** A stop is under way. */
  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * `run` starts what is not up yet, all or nothing; of several that are asked for at once, that of the first is run.
   * Rejects as it does, and with CALL_CANCELED where a stop comes before it is over.
   */
  async start(run: () => Promise<void>): Promise<void> {
    // Of several that waited, a stop may have come before this one.
    while (this.#stopping !== undefined) await this.#afterStop();
    if (this.#starting === undefined) {
      const start = Promise.withResolvers<void>();
      // Noted before it runs: whoever asks meanwhile, as a hook may, must find it under way.
      this.#starting = start.promise.finally(() => (this.#starting = undefined));
      start.resolve(this.#start(run));
    }
    await this.#starting;
  }

  /**
   * `run` stops what is up, and is also called where nothing is. A start that is under way is its to end; `starting`
   * resolves, and never rejects, when that is over.
   */
  async stop(run: (starting: Promise<void>) => Promise<void>): Promise<void> {
    // A start that waits comes first: it was asked for first.
    while (this.#turn !== undefined) await this.#turn;
    if (this.#stopping === undefined) {
      const stop = Promise.withResolvers<void>();
      this.#stopping = stop.promise.finally(() => (this.#stopping = undefined));
      const starting = this.#starting?.catch(() => undefined) ?? Promise.resolve();
      stop.resolve(run(starting).finally(() => starting));
    }
    await this.#stopping;
  }

  async #start(run: () => Promise<void>): Promise<void> {
    await run();
    if (this.isStopping) throw overtaken();
  }

  #afterStop(): Promise<void> {
    this.#turn ??= this.#stopping!.catch(() => undefined).then(() => (this.#turn = undefined));
    return this.#turn;
  }
}

function overtaken(): QTasksError {
  return new QTasksError("CALL_CANCELED", "a stop came before the start was over");
}
