import type { Clock } from "../../../src/core/clock.ts";

/** The machine's time, moved by what a model asks for: servers' timers run on it, leases are over at once. */
export class MovedClock implements Clock {
  #movedMs = 0;

  now(): number {
    return Date.now() + this.#movedMs;
  }

  monotonic(): number {
    return performance.now() + this.#movedMs;
  }

  advance(ms: number): void {
    this.#movedMs += ms;
  }
}
