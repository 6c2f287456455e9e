/** What an entry of the catalogue says of a mutant. */
import type { Edit } from "./mutation.ts";

/** Above the patience of tests that wait for what must come, so that those say themselves what did not. */
const TIMEOUT_MS = 20_000;

export interface Mutant {
  /** The bug, in a few words; its name in the table. */
  readonly name: string;
  /** What a user would get to feel. */
  readonly harm: string;
  /** Below the root of the project. */
  readonly file: string;
  readonly edits: readonly Edit[];
  /** Each of these must find it. */
  readonly foundBy: readonly Hunt[];
}

/** A test file that is run with the mutant in it: few and quick ones of its tests. */
export interface Hunt {
  /** Below `test/`. */
  readonly file: string;
  /** Regular expression over the full names of the tests: those of the suites, then its own, with spaces between. */
  readonly tests: string;
  /** A test that takes longer has failed, in ms. */
  readonly timeoutMs: number;
}

/** The hunt of one test file. */
export function by(file: string, tests: string, timeoutMs = TIMEOUT_MS): Hunt {
  return { file, tests, timeoutMs };
}
