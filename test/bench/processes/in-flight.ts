/** Keeps a number of calls under way. */

/** Runs `count` calls, `width` of them at a time; rejects with the first that does. Returns how long it took, in ms. */
export async function inFlight(
  count: number,
  width: number,
  call: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await call(next++);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  return performance.now() - startedAt;
}

/** Sizes of the batches that `count` items make. */
export function batches(count: number, size: number): number[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, at) =>
    Math.min(size, count - at * size),
  );
}
