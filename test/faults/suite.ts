/** Runs on every backend that is asked for, each as often as its minutes allow, and judges them. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { jumpClock } from "./faults/clock.ts";
import type { Fault } from "./faults/fault.ts";
import { killServer, killWorker } from "./faults/processes.ts";
import { judge } from "./judge.ts";
import type { SuiteOptions } from "./options.ts";
import type { JudgedRun } from "./report.ts";
import { runFaults, type Progress } from "./run.ts";
import type { Layout } from "./site/layout.ts";

/** Longer ones are parted: a history is judged in memory. */
const RUN_MINUTES = 5;
/** Of the time, where clocks jump: the other runs then can be judged by the times of servers. */
const CLOCK_SHARE = 0.15;

/** One run to be made. */
interface Plan {
  readonly layout: Layout;
  readonly faults: readonly Fault[];
  readonly minutes: number;
  readonly seed: number;
}

export interface SuiteEvents {
  readonly signal: AbortSignal;
  readonly onRun: (title: string, at: number, count: number) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly onJudged: (run: JudgedRun) => void;
}

/**
 * Makes and judges every run; those that failed keep their folder. `folder` exists. Rejects with an InterruptedError
 * when the signal aborts.
 */
export async function runSuite(
  options: SuiteOptions,
  folder: string,
  { signal, onRun, onProgress, onJudged }: SuiteEvents,
): Promise<void> {
  const plans = plansOf(options);
  for (const [at, plan] of plans.entries()) {
    const { layout, seed } = plan;
    onRun(layout.name, at, plans.length);
    const place = join(folder, `${layout.name.replace("+", "-")}-${at + 1}`);
    const { rate } = options;
    const judgement = judge(await runFaults({ ...plan, rate, folder: place, signal, onProgress }));
    const isGood = judgement.violations.length + judgement.problems.length === 0;
    const isKept = !isGood || options.keep !== undefined;
    if (!isKept) rmSync(place, { recursive: true, force: true });
    onJudged({ ...judgement, backend: layout.name, seed, folder: isKept ? place : undefined });
  }
}

function plansOf({ layouts, faults, minutes, seed }: SuiteOptions): Plan[] {
  const clock = faults.filter((fault) => fault === jumpClock);
  const others = faults.filter((fault) => fault !== jumpClock);
  return layouts.flatMap((layout) => {
    const clockMinutes = others.length === 0 ? minutes : minutes * CLOCK_SHARE;
    const parts = Math.ceil((minutes * (1 - CLOCK_SHARE)) / RUN_MINUTES);
    const part = (minutes - (clock.length === 0 ? 0 : clockMinutes)) / parts;
    const plan = { layout, faults: others, minutes: part };
    const steady = others.length === 0 ? [] : Array.from({ length: parts }, () => plan);
    // A jump is of no consequence where nobody has to judge leases.
    const deaths = others.filter((fault) => fault === killWorker || fault === killServer);
    const jumps = { layout, faults: [...clock, ...deaths], minutes: clockMinutes };
    const jumping = clock.length === 0 ? [] : [jumps];
    // A run alone has the seed that was given, so that its line in the report repeats it.
    return [...steady, ...jumping].map((one, at) => ({ ...one, seed: seed + at }));
  });
}
