/** What a rule is: one promise of the protocol, judged over a whole run. */
import type { CallFact, Moment, RunHistory, TaskHistory } from "./history.ts";

export interface Rule {
  /** Short and stable, for the table. */
  readonly name: string;
  /** The promise, for people. */
  readonly says: string;
  readonly check: (run: RunHistory) => Iterable<Breach>;
}

/** What contradicts the promise. */
export interface Breach {
  readonly taskId: string;
  readonly attempt?: number | undefined;
  readonly message: string;
  /** Lines that show it, as `process:line`. */
  readonly lines: readonly string[];
}

export interface Violation extends Breach {
  readonly rule: string;
}

/**
 * A rule that looks at one task at a time. Tasks that were deleted are left out where their id was used again,
 * since nobody can tell which of the two was meant.
 */
export function taskRule(
  name: string,
  says: string,
  check: (run: RunHistory, task: TaskHistory) => Iterable<Breach>,
): Rule {
  return {
    name,
    says,
    *check(run) {
      for (const task of run.tasks.values()) if (!isReused(task)) yield* check(run, task);
    },
  };
}

/** The id may stand for two tasks, one after the other. */
export function isReused({ creations, controls }: TaskHistory): boolean {
  return creations.length > 1 && controls.some(({ call }) => call.op === "delete");
}

/** `worker-1:12`. */
export function lineOf({ process, line }: Moment): string {
  return `${process}:${line}`;
}

/** `worker-1:12-15`: from the call to its answer. */
export function linesOf({ sent, ended }: CallFact): string {
  return ended === undefined ? `${lineOf(sent)} (no answer)` : `${lineOf(sent)}-${ended.line}`;
}

/** `1.2 s` or `340 ms`. */
export function span(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}
