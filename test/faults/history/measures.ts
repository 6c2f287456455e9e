/** What the report tells of a run besides its violations. Durations in ms. */
import type { RunHistory } from "./history.ts";
import type { Injection } from "./injections.ts";
import { isTerminal, lastWord } from "./knowledge.ts";

/** How long the longest recovery after an injection took; undefined where none was seen. */
export interface Recovery {
  /** From the end of the injection to the next outcome that was recorded. */
  readonly toOutcomeMs: number | undefined;
  /** From the end of the injection to the next task created, handed out or reported. */
  readonly toProgressMs: number | undefined;
}

export interface KindMeasures extends Recovery {
  readonly kind: string;
  readonly injections: number;
}

export interface Measures extends Recovery {
  readonly backend: string;
  readonly seed: number;
  readonly durationMs: number;
  readonly processes: number;
  readonly events: number;
  readonly injections: number;
  readonly kinds: readonly KindMeasures[];
  readonly tasks: number;
  readonly acknowledged: number;
  readonly terminal: number;
  readonly leases: number;
  readonly outcomesRecorded: number;
  readonly outcomesStale: number;
  /** Calls whose answer never came or left open what happened; those of tasks, not polls. */
  readonly maybes: number;
  readonly attemptsLost: number;
}

/** Counts and recoveries of a run. */
export function measure(run: RunHistory): Measures {
  const { all } = run.injections;
  const kinds = [...Map.groupBy(all, ({ kind }) => kind)]
    .map(([kind, injections]) => ({
      kind,
      injections: injections.length,
      ...longestRecovery(run, injections),
    }))
    .toSorted((a, b) => a.kind.localeCompare(b.kind));
  return {
    backend: run.settings.backend,
    seed: run.settings.seed,
    durationMs: run.endedAt - run.startedAt,
    processes: run.processes.size,
    events: run.events,
    injections: all.length,
    kinds,
    ...longestRecovery(run, all),
    ...counts(run),
  };
}

function longestRecovery(run: RunHistory, injections: readonly Injection[]): Recovery {
  return {
    toOutcomeMs: longest(injections.map(({ endedAt }) => delayTo(run.outcomesAt, endedAt))),
    toProgressMs: longest(injections.map(({ endedAt }) => delayTo(run.progressAt, endedAt))),
  };
}

function longest(delays: readonly (number | undefined)[]): number | undefined {
  const known = delays.filter((delay) => delay !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** From `at` to the first of the sorted times that is not before it. */
function delayTo(times: readonly number[], at: number): number | undefined {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  const next = times[low];
  return next === undefined ? undefined : next - at;
}

function counts(run: RunHistory) {
  const sums = {
    tasks: 0,
    acknowledged: 0,
    terminal: 0,
    leases: 0,
    outcomesRecorded: 0,
    outcomesStale: 0,
    maybes: 0,
    attemptsLost: 0,
  };
  for (const task of run.tasks.values()) {
    sums.tasks++;
    const last = lastWord(task);
    if (task.acknowledgements.length > 0) sums.acknowledged++;
    if (last !== undefined && isTerminal(last.state)) sums.terminal++;
    sums.attemptsLost += last?.attempts?.filter(({ state }) => state === "LOST").length ?? 0;
    sums.leases += task.leases.length;
    for (const { verdict } of task.reports) {
      if (verdict?.verdict === "RECORDED") sums.outcomesRecorded++;
      if (verdict?.verdict === "STALE") sums.outcomesStale++;
    }
    for (const { call } of [...task.creations, ...task.reports, ...task.controls])
      if (call.fate === "maybe") sums.maybes++;
  }
  return sums;
}
