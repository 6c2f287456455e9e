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
  let last: Gathered | undefined;
  for (const item of items) {
    // Most batches are of one kind: its entry is not looked up for each.
    if (last?.queue !== item.queue || last.name !== item.name) last = entryOf(work, item);
    last.count += 1;
    last.at = Math.min(last.at, atOf(item));
  }
  return [...work.values()];
}

function entryOf(work: Map<string, Gathered>, { queue, name }: Named): Gathered {
  // No name holds a space.
  const key = `${queue} ${name}`;
  const known = work.get(key) ?? { queue, name, count: 0, at: Infinity };
  work.set(key, known);
  return known;
}
