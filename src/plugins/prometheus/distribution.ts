/** How durations are distributed over the buckets of a histogram. */

export class Distribution {
  /** Upper bounds in seconds. */
  readonly #bounds: readonly number[];
  /** Those that lie in each bucket and not in the one before; the last has no bound. */
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  add(durationMs: number): void {
    const seconds = durationMs / 1_000;
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && seconds > bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += seconds;
  }

  /** In seconds. */
  get sum(): number {
    return this.#sum;
  }

  /** Each bound with the number of durations up to it; the last is infinite. */
  *cumulative(): Generator<readonly [bound: number, count: number]> {
    let count = 0;
    for (const [at, own] of this.#counts.entries()) {
      count += own;
      yield [this.#bounds[at] ?? Infinity, count];
    }
  }
}
