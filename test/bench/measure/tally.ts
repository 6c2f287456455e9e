/** Whether every task came to exactly one end: acknowledged ids, ids that handlers saw, outcomes read back. */

/** An outcome, read back from where it is recorded. */
export interface Outcome {
  readonly id: string;
  /** How often it was started. */
  readonly attempts: number;
  /** It succeeded, and its result is the one that the handler gave. */
  readonly right: boolean;
}

/** What a run claims and left behind. */
export interface Evidence {
  /** Ids whose enqueue was acknowledged. */
  readonly acknowledged: readonly string[];
  /** Ids in the order in which handlers were called with them. */
  readonly handled: readonly string[];
  readonly outcomes: readonly Outcome[];
}

/** Counts of {@link tally}; all but `tasks` must be zero. */
export interface Tally {
  readonly tasks: number;
  /** Acknowledged and without the right outcome, or without any run of the handler. */
  readonly lost: number;
  /** Handled more than once, started more than once, recorded more than once or never enqueued. */
  readonly doubled: number;
}

/** Compares what was acknowledged with what was handled and what is recorded. */
export function tally({ acknowledged, handled, outcomes }: Evidence): Tally {
  const known = new Set(acknowledged);
  const runs = count(handled);
  const recorded = count(outcomes.map(({ id }) => id));
  const right = new Set(outcomes.filter((outcome) => outcome.right).map(({ id }) => id));
  const restarted = new Set(outcomes.filter(({ attempts }) => attempts > 1).map(({ id }) => id));
  const lost = acknowledged.filter((id) => !right.has(id) || !runs.has(id)).length;
  const doubled = [...new Set([...runs.keys(), ...recorded.keys()])].filter(
    (id) =>
      !known.has(id) || (runs.get(id) ?? 0) > 1 || (recorded.get(id) ?? 0) > 1 || restarted.has(id),
  ).length;
  // An id that two enqueues were acknowledged with is one task where there should be two.
  return { tasks: acknowledged.length, lost: lost + acknowledged.length - known.size, doubled };
}

function count(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
