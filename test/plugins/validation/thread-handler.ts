/** A handler for threads: gives what it gets. */
export function same(input: { id: string }): { id: string } {
  return input;
}
