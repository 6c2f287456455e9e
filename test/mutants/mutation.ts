/** A deliberate bug: pieces of one file of the service, replaced while it is loaded. */

/** A piece that is in the file exactly once, and what stands there instead. */
export type Edit = readonly [text: string, replacement: string];

/** What the hook in a child process is told. */
export interface Mutation {
  /** URL of the file. */
  readonly url: string;
  readonly edits: readonly Edit[];
  /** Path of a file that is written once the mutated text was loaded. */
  readonly loadedMark: string;
}

/** Environment variable in which the hook finds its {@link Mutation}, as JSON. */
export const MUTATION_VARIABLE = "QTASKS_TEST_MUTATION";

/** The source with its pieces replaced. Throws where one is not there exactly once: the mutant is out of date. */
export function mutate(source: string, edits: readonly Edit[]): string {
  return edits.reduce((text, [piece, replacement]) => {
    const parts = text.split(piece);
    if (parts.length !== 2) throw new Error(`there ${parts.length - 1} times, not once: ${piece}`);
    return parts.join(replacement);
  }, source);
}
