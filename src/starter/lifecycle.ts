/** The starts and stops of one thing, in the order in which they are asked for. */
import { QTasksError } from "../core/errors.ts";

interface WaitingStart extends PromiseWithResolvers<void> {
  readonly run: () => Promise<void>;
}

/**
 * What is asked for at once is done once. A start that comes during a stop waits for it, and a stop that comes after it
 * takes it back: the last that was asked for counts.
 */
export class Lifecycle {
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** Begins when the stop is over. */
  #waiting: WaitingStart | undefined;

  /** A stop is under way. */
  get isStopping(): boolean {
    return this.#stopping !== undefined;
  }

  /**
   * `run` starts what is not up yet, all or nothing; of several that are asked for at once, that of the first is run.
   * Rejects as it does, and with CALL_CANCELED where a stop comes before it is over.
   */
  start(run: () => Promise<void>): Promise<void> {
    if (this.#stopping === undefined) return this.#starting ?? this.#begin(run);
    this.#waiting ??= { run, ...Promise.withResolvers<void>() };
    return this.#waiting.promise;
  }

  /**
   * `run` stops what is up, and is also called where nothing is. A start that is under way is its to end; `starting`
   * resolves, and never rejects, when that is over.
   */
  stop(run: (starting: Promise<void>) => Promise<void>): Promise<void> {
    this.#waiting?.reject(overtaken());
    this.#waiting = undefined;
    return this.#stopping ?? this.#end(run);
  }

  #begin(run: () => Promise<void>): Promise<void> {
    const start = Promise.withResolvers<void>();
    // Noted before it runs: whoever asks meanwhile, as a hook may, must find it under way.
    const starting = start.promise.finally(() => (this.#starting = undefined));
    this.#starting = starting;
    start.resolve(this.#start(run));
    return starting;
  }

  async #start(run: () => Promise<void>): Promise<void> {
    await run();
    if (this.isStopping) throw overtaken();
  }

  #end(run: (starting: Promise<void>) => Promise<void>): Promise<void> {
    const stop = Promise.withResolvers<void>();
    const stopping = stop.promise.finally(() => this.#beginWaiting());
    this.#stopping = stopping;
    const starting = this.#starting?.catch(() => undefined) ?? Promise.resolve();
    stop.resolve(this.#stop(run, starting));
    return stopping;
  }

  async #stop(run: (starting: Promise<void>) => Promise<void>, starting: Promise<void>) {
    try {
      await run(starting);
    } finally {
      await starting;
    }
  }

  /** At the end of the stop, in its turn: whoever asks next finds the start under way. */
  #beginWaiting(): void {
    const waiting = this.#waiting;
    this.#stopping = undefined;
    this.#waiting = undefined;
    waiting?.resolve(this.#begin(waiting.run));
  }
}

function overtaken(): QTasksError {
  return new QTasksError("CALL_CANCELED", "a stop came before the start was over");
}
