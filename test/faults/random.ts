/** Random choices that a seed repeats. */

/** The same seed gives the same choices, in the same order. */
export class Random {
  #state: number;

  /** Any whole number. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0, below 1. */
  next(): number {
    // Mulberry32: one 32-bit word of state is enough to pick faults by.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let word = this.#state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them; throws where there is none. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error("nothing to pick from");
    return items[this.whole(0, items.length - 1)]!;
  }

  /** All of them, in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items];
    const order: T[] = [];
    while (left.length > 0) order.push(...left.splice(this.whole(0, left.length - 1), 1));
    return order;
  }

  /** Another source of choices, for a part that must not disturb the others. */
  fork(): Random {
    return new Random(this.whole(0, 2 ** 32 - 1));
  }
}
