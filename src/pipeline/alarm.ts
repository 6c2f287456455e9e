/** One timer that runs a job when the earliest of the times it was told has come. */
import type { Logger } from "pino";
import { systemClock, type Timer, type TimerClock } from "../core/clock.ts";
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import { QTasksError } from "../core/errors.ts";

/** Pauses after failures double from the first to the last, in ms. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;

export interface AlarmOptions {
  /** The clock that times are told by, ms since the epoch. */
  readonly now: () => number;
  /** What it waits by. @default the machine's clock */
  readonly clock?: TimerClock | undefined;
  /** Runs one at a time; gives the time of the next run, 0 for none. What it throws is logged. */
  readonly run: () => Promise<number>;
  /** Runs this long after the last run at the latest, in ms. */
  readonly atLeastEveryMs: number;
  readonly logger: Logger;
}

export class Alarm {
  readonly #options: AlarmOptions;
  readonly #clock: TimerClock;
  #timer: Timer | undefined;
  #at = Infinity;
  #running: Promise<void> | undefined;
  #stopped = true;
  /** In a row. */
  #failures = 0;

  constructor(options: AlarmOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
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
    this.#clock.clearTimer(this.#timer);
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
    this.#clock.clearTimer(this.#timer);
    const waitMs = Math.min(MAX_TIMER_MS, Math.max(0, at - this.#options.now()));
    this.#timer = this.#clock.setTimer(() => this.#ring(), waitMs);
    this.#timer.unref();
  }

  #ring(): void {
    this.#at = Infinity;
    const { now, atLeastEveryMs } = this.#options;
    this.#running = this.#run()
      .catch((error: unknown) => this.#failed(error))
      .then((nextAt) => {
        this.#running = undefined;
        if (this.#stopped) return;
        const latest = now() + atLeastEveryMs;
        this.#set(Math.min(this.#at, latest, nextAt === 0 ? latest : nextAt));
      });
  }

  async #run(): Promise<number> {
    const nextAt = await this.#options.run();
    if (this.#failures > 0)
      this.#options.logger.info({ failures: this.#failures }, "sweeps come through again");
    this.#failures = 0;
    return nextAt;
  }

  /** The first failure is told; the rest of an outage would only fill the log. */
  #failed(thrown: unknown): number {
    const { now, logger } = this.#options;
    const error = QTasksError.from(thrown);
    const level = this.#failures++ === 0 ? "warn" : "debug";
    const facts =
      error.code === "UNAVAILABLE"
        ? { reason: error.reason, cause: error.message }
        : { err: thrown };
    logger[level](facts, "a sweep failed; it is repeated until it comes through");
    return now() + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#failures - 1));
  }
}
