/** The table of a suite, and its JSON. */
import Table from "cli-table3";
import type { Judgement } from "./judge.ts";

/** One judged run of a backend. */
export interface JudgedRun extends Judgement {
  readonly backend: string;
  readonly seed: number;
  /** Where its history and logs are; unset when they were removed. */
  readonly folder?: string | undefined;
}

/** A fault on a backend, over all runs. */
export interface Row {
  readonly fault: string;
  readonly backend: string;
  readonly runs: number;
  readonly injections: number;
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  /** Of all other rules. */
  readonly otherViolations: number;
  readonly longestRecoveryMs: number;
}

/** Every fault × backend; then each backend as a whole, as the fault `all`. */
export function rowsOf(runs: readonly JudgedRun[]): Row[] {
  const rows = runs.flatMap((run) =>
    run.faults.map((figures) => row(figures.fault, run.backend, figures)),
  );
  const totals = runs.map((run) =>
    row("all", run.backend, {
      ...run,
      injections: run.faults.reduce((sum, { injections }) => sum + injections, 0),
      longestRecoveryMs: Math.max(0, ...run.faults.map((one) => one.longestRecoveryMs)),
    }),
  );
  return [...merged(rows), ...merged(totals)];
}

type Figures = Pick<Row, "injections" | "events" | "longestRecoveryMs"> &
  Pick<Judgement, "violations">;

function row(fault: string, backend: string, figures: Figures): Row {
  const { injections, events, longestRecoveryMs, violations } = figures;
  const of = (rule: string): number => violations.filter((one) => one.rule === rule).length;
  const [lost, doubled] = [of("lost"), of("doubled")];
  return {
    fault,
    backend,
    runs: 1,
    injections,
    events,
    lost,
    doubled,
    otherViolations: violations.length - lost - doubled,
    longestRecoveryMs,
  };
}

function merged(rows: readonly Row[]): Row[] {
  const groups = Map.groupBy(rows, ({ fault, backend }) => `${backend} ${fault}`);
  return Array.from(groups.values(), (group) => group.reduce(plus)).toSorted(
    (a, b) => a.backend.localeCompare(b.backend) || a.fault.localeCompare(b.fault),
  );
}

function plus(a: Row, b: Row): Row {
  return {
    ...a,
    runs: a.runs + b.runs,
    injections: a.injections + b.injections,
    events: a.events + b.events,
    lost: a.lost + b.lost,
    doubled: a.doubled + b.doubled,
    otherViolations: a.otherViolations + b.otherViolations,
    longestRecoveryMs: Math.max(a.longestRecoveryMs, b.longestRecoveryMs),
  };
}

/** For people. */
export function tableOf(rows: readonly Row[]): string {
  const head = [
    "backend",
    "fault",
    "runs",
    "injections",
    "events checked",
    "lost",
    "doubled",
    "other",
    "longest recovery",
  ];
  const colAligns = head.map((_, at) => (at < 2 ? "left" : "right"));
  const table = new Table({ head, colAligns, style: { head: [], border: [] } });
  for (const one of rows)
    table.push([
      one.backend,
      one.fault,
      one.runs,
      one.injections,
      one.events.toLocaleString("en"),
      one.lost,
      one.doubled,
      one.otherViolations,
      `${(one.longestRecoveryMs / 1_000).toFixed(1)} s`,
    ]);
  return table.toString();
}
