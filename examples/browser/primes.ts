/** The sieve of Eratosthenes, in slices. */

/** The primes whose multiples fill every gap below `limit`. */
export function basePrimes(limit: number): readonly number[] {
  const root = Math.floor(Math.sqrt(limit));
  const primes: number[] = [];
  for (let n = 2; n <= root; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** The primes from `from` up to, not including, `to`. `base` are the {@link basePrimes} of `to` or more. */
export function* primesBetween(from: number, to: number, base: readonly number[]) {
  const composite = new Uint8Array(Math.max(0, to - from));
  for (const prime of base) {
    const first = Math.max(prime * prime, Math.ceil(from / prime) * prime);
    for (let n = first; n < to; n += prime) composite[n - from] = 1;
  }
  for (let n = Math.max(2, from); n < to; n++) if (composite[n - from] === 0) yield n;
}
