/** Says what was wrong. */

/** Throws unless both are the same JSON. */
export function expect(what: string, got: unknown, wanted: unknown): void {
  const [found, expected] = [canonical(got), canonical(wanted)];
  if (found !== expected) throw new Error(`${what}: expected ${expected}, got ${found}`);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
