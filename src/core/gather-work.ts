/** Something of a queue and a task name. */
interface Named {
  readonly queue: string;
  readonly name: string;
}

interface Gathered extends Named {
  count: number;
  at: number;
}

/** One entry per queue and name, with the earliest time among its items. */
export function gatherWork<Item extends Named>(
  items: readonly Item[],
  atOf: (item: Item) => number,
): readonly Readonly<Gathered>[] {
  const work = new Map<string, Gathered>();
  for (const item of items) {
    const { queue, name } = item;
    const at = atOf(item);
    // No name holds a space.
    const key = `${queue} ${name}`;
    const known = work.get(key);
    if (known === undefined) work.set(key, { queue, name, count: 1, at });
    else {
      known.count += 1;
      known.at = Math.min(known.at, at);
    }
  }
  return [...work.values()];
}
