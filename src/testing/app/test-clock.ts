/** A clock that stands still until the test moves it. */
import { AsyncLocalStorage } from "node:async_hooks";
import { checkWait } from "../../core/check-wait.ts";
import type { Timer, TimerClock } from "../../core/clock.ts";
import { QTasksError } from "../../core/errors.ts";

interface Pending extends Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Lets everything happen that can happen at the time that it is. */
export type Settle = () => Promise<void>;

/**
 * Time in the test's hands. All times are in ms. What an app does by the clock happens while {@link advance} runs, in
 * the order of the times, and each step is over before the next one begins: the same test runs the same way each time.
 *
 * Handlers and code under test that ask for the time ask `clock.now()`, and wait by `clock.sleep(ms)`.
 */
export class TestClock implements TimerClock {
  readonly #startedAt: number;
  readonly #timers: Pending[] = [];
  readonly #settles = new Set<Settle>();
  #now: number;
  /** The attempt that runs. */
  readonly #attempt = new AsyncLocalStorage<string>();
  /** Sleeps of attempts. */
  readonly #asleep: string[] = [];
  #moving: Promise<void> = Promise.resolve();

  /** Begins at `startAt`, ms since the epoch. @default the machine's time */
  constructor(startAt: number | Date = Date.now()) {
    this.#now = whole("startAt", Number(startAt));
    this.#startedAt = this.#now;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#now;
  }

  /** As {@link now}, as a Date. */
  date(): Date {
    return new Date(this.#now);
  }

  /** Milliseconds since the clock was made. */
  monotonic(): number {
    return this.#now - this.#startedAt;
  }

  /**
   * Moves the time on by `ms`, step by step: the earliest of what is due until then happens, and what follows of it,
   * then the next. Resolves when all of it is over and the clock shows the time. Calls that overlap follow each other.
   */
  advance(ms: number): Promise<void> {
    const wholeMs = whole("ms of advance", ms);
    return this.#move(() => this.#now + wholeMs);
  }

  /** Moves the time on to this one, as {@link advance}. A time that is over moves nothing. */
  advanceTo(at: number | Date): Promise<void> {
    const wholeAt = whole("time of advanceTo", Number(at));
    return this.#move(() => wholeAt);
  }

  /**
   * Resolves once the clock was moved on by `ms`; rejects with the signal's reason when that aborts first. FIELD_VIOLATION
   * for what is no number: no time would come after it.
   */
  sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    checkWait("ms", ms);
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = this.setTimer(resolve, ms);
    const abort = (): void => {
      this.clearTimer(timer);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", abort, { once: true });
    const attempt = this.#attempt.getStore();
    if (attempt !== undefined) this.#asleep.push(attempt);
    return promise.finally(() => {
      if (attempt !== undefined) this.#asleep.splice(this.#asleep.indexOf(attempt), 1);
      signal?.removeEventListener("abort", abort);
    });
  }

  setTimer(run: () => void, ms: number): Timer {
    const at = this.#now + Math.max(0, Math.ceil(ms));
    const pending: Pending = { at, run, unref: () => pending };
    // After those of the same time: they happen in the order in which they were set.
    const index = this.#timers.findLastIndex((each) => each.at <= at) + 1;
    this.#timers.splice(index, 0, pending);
    return pending;
  }

  clearTimer(timer: Timer | undefined): void {
    const index = this.#timers.indexOf(timer as Pending);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  /** @internal Calls a handler: its sleeps are those of the attempt. */
  runAs<Value>(attempt: string, handler: () => Value): Value {
    return this.#attempt.run(attempt, handler);
  }

  /** @internal The attempt's handler sleeps by this clock. */
  isAsleep(attempt: string): boolean {
    return this.#asleep.includes(attempt);
  }

  /** @internal The clock waits for this before each of its steps; ended by the function that it gives. */
  attach(settle: Settle): () => void {
    this.#settles.add(settle);
    return () => this.#settles.delete(settle);
  }

  #move(until: () => number): Promise<void> {
    const moved = this.#moving.then(() => this.#moveTo(until()));
    this.#moving = moved.catch(() => undefined);
    return moved;
  }

  async #moveTo(until: number): Promise<void> {
    await this.#settle();
    for (let next = this.#timers[0]; next !== undefined && next.at <= until;) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await this.#settle();
      next = this.#timers[0];
    }
    this.#now = Math.max(this.#now, until);
    await this.#settle();
  }

  async #settle(): Promise<void> {
    for (const settle of this.#settles) await settle();
  }
}

function whole(what: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new QTasksError(
    "CONFIG_INVALID",
    `the ${what} must be a whole number of ms from 0; got ${value}`,
  );
}
