/** A task that takes a while and says how far it is: `qtasks serve --app examples/browser/handlers.ts`. */
import { setTimeout as sleep } from "node:timers/promises";
import { Router, TerminalError, type HandlerContext } from "../../src/index.ts";
import { basePrimes, primesBetween } from "./primes.ts";

export interface PrimesInput {
  /** 2 to 10,000,000. */
  readonly below: number;
}

export interface PrimesResult {
  readonly count: number;
  readonly largest: number;
}

const MAX = 10_000_000;
const SLICES = 40;
// Other tasks share this thread.
const REST_MS = 25;

export const router = new Router({ prefix: "primes." });

/** Counts the primes below a number, slice by slice; takes at least a second. */
export const count = router.task(
  { name: "count", description: "Counts primes: {below}", example: { below: 100_000 } },
  async ({ below }: PrimesInput, { progress, signal }: HandlerContext): Promise<PrimesResult> => {
    if (!Number.isInteger(below) || below < 2 || below > MAX)
      throw new TerminalError(`below: expected 2 to ${MAX}`, { code: "INVALID_ARGUMENT" });
    const base = basePrimes(below);
    const result = { count: 0, largest: 0 };
    for (let slice = 0; slice < SLICES; slice++) {
      const from = Math.ceil((below * slice) / SLICES);
      const to = Math.ceil((below * (slice + 1)) / SLICES);
      for (const prime of primesBetween(from, to, base)) {
        result.count++;
        result.largest = prime;
      }
      progress(slice + 1, SLICES, `${result.count} primes so far`);
      await sleep(REST_MS, undefined, { signal });
    }
    return result;
  },
);
