/** An estimate of Redis's clock from the times that its replies carry. */
import { neverBackwards, systemClock, type Clock } from "../../core/clock.ts";

/**
 * The local monotonic clock plus an offset. The estimate lags behind Redis by the fastest reply's way
 * back and is never ahead of it: what is due by this clock is due there. Follows when Redis's clock
 * jumps; itself it never runs backwards.
 */
export class RedisClock {
  readonly #local: Clock;
  readonly #estimate: Clock;
  #offset: number | undefined;

  constructor(local: Clock = systemClock) {
    this.#local = local;
    this.#estimate = neverBackwards({ now: () => this.#now(), monotonic: () => local.monotonic() });
  }

  /** Ms since the epoch, whole. The machine's own clock before the first reply. */
  now(): number {
    return this.#estimate.now();
  }

  /** The local monotonic clock, ms; what {@link learn} takes. */
  monotonic(): number {
    return this.#local.monotonic();
  }

  /** Takes the time of a reply, in µs, to a call that was sent at a monotonic time and answered now. */
  learn(timeMicros: number, sentAt: number): void {
    const time = timeMicros / 1000;
    const least = time - this.#local.monotonic();
    const most = time - sentAt;
    if (this.#offset === undefined || this.#offset > most) this.#offset = least;
    else this.#offset = Math.max(this.#offset, least);
  }

  #now(): number {
    if (this.#offset === undefined) return this.#local.now();
    return Math.floor(this.#offset + this.#local.monotonic());
  }
}
