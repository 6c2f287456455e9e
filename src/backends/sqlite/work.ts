/** Something that waits, or will at `at`. */
export interface Waiting {
  readonly queue: string;
  readonly name: string;
  readonly at: number;
}

export interface GatheredWork {
  readonly queue: string;
  readonly name: string;
  readonly count: number;
  /** The earliest. */
  readonly at: number;
}

/** One entry per queue and name. */
export function gatherWork(waiting: Iterable<Waiting>): GatheredWork[] {
  const gathered = new Map<string, GatheredWork>();
  for (const { queue, name, at } of waiting) {
    // No name holds a space.
    const key = `${queue} ${name}`;
    const known = gathered.get(key);
    const count = (known?.count ?? 0) + 1;
    gathered.set(key, { queue, name, count, at: Math.min(known?.at ?? at, at) });
  }
  return [...gathered.values()];
}
