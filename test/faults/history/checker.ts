/** Judges a run by all rules. */
import type { RunHistory } from "./history.ts";
import { measure, type Measures } from "./measures.ts";
import { readHistory } from "./read.ts";
import type { Violation } from "./rule.ts";
import { RULES } from "./rules.ts";

export interface Verdict {
  readonly violations: readonly Violation[];
  readonly measures: Measures;
}

/** Reads the history in a directory and judges it. Throws where it is none, or has no settings. */
export function checkDirectory(directory: string): Verdict {
  return check(readHistory(directory));
}

/** Every breach of every rule, and what was measured. */
export function check(run: RunHistory): Verdict {
  const violations = RULES.flatMap((rule) =>
    Array.from(rule.check(run), (breach) => ({ rule: rule.name, ...breach })),
  );
  return { violations, measures: measure(run) };
}
