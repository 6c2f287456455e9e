/** Cuts batches to a size that Redis works off in a few milliseconds, since others wait meanwhile. */

/** Most items of one script call. */
export const MAX_ITEMS = 500;
/** Most tasks of one hand-out, or messages of one take; each is light. */
export const MAX_TAKEN = 1000;
/** Most bytes of one script call, save that one item may be larger. */
export const MAX_BYTES = 1024 * 1024;

/** The items in order, in pieces of at most {@link MAX_ITEMS} and {@link MAX_BYTES}. */
export function* batchesOf<T>(
  items: readonly T[],
  sizeOf: (item: T) => number = () => 0,
): Generator<readonly T[]> {
  let from = 0;
  let bytes = 0;
  for (let at = 0; at < items.length; at++) {
    const size = sizeOf(items[at]!);
    if (at > from && (at - from >= MAX_ITEMS || bytes + size > MAX_BYTES)) {
      yield items.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < items.length) yield from === 0 ? items : items.slice(from);
}

/** Runs the pieces one after the other and joins their results. */
export async function inBatches<T, R>(
  items: readonly T[],
  run: (batch: readonly T[]) => Promise<readonly R[]>,
  sizeOf?: (item: T) => number,
): Promise<readonly R[]> {
  const results: (readonly R[])[] = [];
  for (const batch of batchesOf(items, sizeOf)) results.push(await run(batch));
  return results.length === 1 ? results[0]! : ([] as R[]).concat(...results);
}
