import type { Clock } from "../../src/core/clock.ts";

/** A clock that stands still until the model moves it: subject and model see the same time. */
export class ModelClock implements Clock {
  #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  now(): number {
    return this.#at;
  }

  monotonic(): number {
    return this.#at;
  }

  advance(ms: number): void {
    this.#at += ms;
  }
}
