import { systemClock, type Clock } from "../../core/clock.ts";

/** A clock whose time never runs backwards, from wherever the file had come to. */
export class MonotoneClock {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Ms since the epoch. */
  now(): number {
    return (this.#last = Math.max(this.#last, Math.floor(this.#clock.now())));
  }

  /** Goes on from there, if it is ahead. */
  advanceTo(at: number): void {
    this.#last = Math.max(this.#last, at);
  }

  /** The machine's own word, which may be behind. */
  wall(): number {
    return Math.floor(this.#clock.now());
  }
}
