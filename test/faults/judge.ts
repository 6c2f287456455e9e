/** What the history of a run says, and under which fault it happened. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "./history/checker.ts";
import type { RunHistory, TaskHistory } from "./history/history.ts";
import { HISTORY_SUFFIX } from "./history/log.ts";
import { readHistory } from "./history/read.ts";
import type { Violation } from "./history/rule.ts";
import type { Injected } from "./nemesis.ts";
import type { RunResult } from "./run.ts";

/** One fault in one run. */
export interface FaultFigures {
  readonly fault: string;
  readonly injections: number;
  /** Lines of the history from its beginning until tasks flowed again. */
  readonly events: number;
  /** Violations of tasks that lived meanwhile. */
  readonly violations: readonly Violation[];
  readonly longestRecoveryMs: number;
}

/** One run, judged. */
export interface Judgement {
  readonly events: number;
  readonly tasks: number;
  readonly violations: readonly Violation[];
  readonly problems: readonly string[];
  readonly faults: readonly FaultFigures[];
}

/** Reads the history of a run and judges it by all rules. */
export function judge({ history, injected, problems }: RunResult): Judgement {
  const run = readHistory(history);
  const { violations } = check(run);
  const times = eventTimes(history);
  const byFault = Map.groupBy(injected, ({ fault }) => fault);
  return {
    events: run.events,
    tasks: run.tasks.size,
    violations,
    problems,
    faults: Array.from(byFault, ([fault, made]) =>
      figures(fault, made, { run, violations, times }),
    ),
  };
}

function figures(
  fault: string,
  made: readonly Injected[],
  {
    run,
    violations,
    times,
  }: {
    readonly run: RunHistory;
    readonly violations: readonly Violation[];
    readonly times: Float64Array;
  },
): FaultFigures {
  const between = ({ startedAt, recoveredAt }: Injected): number =>
    placeOf(times, recoveredAt) - placeOf(times, startedAt);
  return {
    fault,
    injections: made.length,
    events: made.reduce((sum, one) => sum + between(one), 0),
    violations: violations.filter(({ taskId }) => made.some((one) => met(run, taskId, one))),
    longestRecoveryMs: Math.max(...made.map(({ recoveryMs }) => recoveryMs)),
  };
}

function met(run: RunHistory, taskId: string, { startedAt, recoveredAt }: Injected): boolean {
  const task = run.tasks.get(taskId);
  // A task that nobody knows of may be anybody's.
  if (task === undefined) return true;
  const [from, to] = lifeOf(task);
  return from <= recoveredAt && to >= startedAt;
}

/** From its first call to the last that was done with it, the final reading apart. */
function lifeOf({ creations, leases, reports, starts, sights }: TaskHistory): [number, number] {
  const seen = sights.filter(({ call }) => call.op !== "readOut");
  const times = [
    ...creations.map(({ call }) => call.sent.at),
    ...leases.map(({ got }) => got.at),
    ...reports.map(({ call }) => call.sent.at),
    ...starts.map(({ started }) => started.at),
    ...seen.map((sight) => sight.seen.at),
  ];
  return [Math.min(...times), Math.max(...times)];
}

/** Of every line, sorted. */
function eventTimes(history: string): Float64Array {
  const times: number[] = [];
  for (const name of globSync(`*${HISTORY_SUFFIX}`, { cwd: history }))
    for (const [, at] of readFileSync(join(history, name), "utf8").matchAll(
      /^\{[^{]*?"at":([\d.]+)/gm,
    ))
      times.push(Number(at));
  return Float64Array.from(times).sort();
}

/** How many lie before. */
function placeOf(times: Float64Array, at: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
