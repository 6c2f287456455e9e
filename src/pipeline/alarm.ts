/** One timer that runs a job when the earliest of the times it was told has come. */
import type { Logger } from "pino";

const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export interface AlarmOptions {
  /** The clock that times are told by, ms since the epoch. */
  readonly now: () => number;
  /** Runs one at a time; gives the time of the next run, 0 for none. What it throws is logged. */
  readonly run: () => Promise<number>;
  /** Runs this long after the last run at the latest, in ms. */
  readonly atLeastEveryMs: number;
  readonly logger: Logger;
}

export class Alarm {
  readonly #options: AlarmOptions;
  #timer: NodeJS.Timeout | undefined;
  #at = Infinity;
  #running: Promise<void> | undefined;
  #stopped = true;

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  /** Runs at once, and then when it is told to. */
  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#ring();
  }

  /** Waits for the run under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Something is to be done at this time; an earlier time that is known stays. */
  note(at: number): void {
    if (this.#stopped || at === 0 || at >= this.#at) return;
    this.#set(at);
  }

  #set(at: number): void {
    this.#at = at;
    if (this.#running !== undefined) return;
    clearTimeout(this.#timer);
    const waitMs = Math.min(MAX_TIMEOUT_MS, Math.max(0, at - this.#options.now()));
    this.#timer = setTimeout(() => this.#ring(), waitMs);
    this.#timer.unref();
  }

  #ring(): void {
    this.#at = Infinity;
    const { run, now, atLeastEveryMs, logger } = this.#options;
    this.#running = run()
      .catch((error: unknown) => {
        logger.warn({ err: error }, "a sweep failed; it will be repeated");
        return now() + 1_000;
      })
      .then((nextAt) => {
        this.#running = undefined;
        if (this.#stopped) return;
        const latest = now() + atLeastEveryMs;
        this.#set(Math.min(this.#at, latest, nextAt === 0 ? latest : nextAt));
      });
  }
}
