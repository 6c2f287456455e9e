import { neverStill, systemClock, type AdvancingClock, type Clock } from "../../core/clock.ts";

/** A clock whose time never runs backwards, from wherever the file had come to, and never stands still. */
export class MonotoneClock {
  readonly #clock: Clock;
  readonly #advancing: AdvancingClock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    this.#advancing = neverStill(clock);
  }

  /** Ms since the epoch. */
  now(): number {
    return this.#advancing.now();
  }

  /** Goes on from there, if it is ahead. */
  advanceTo(at: number): void {
    this.#advancing.advanceTo(at);
  }

  /** The machine's own word, which may be behind. */
  wall(): number {
    return Math.floor(this.#clock.now());
  }
}
