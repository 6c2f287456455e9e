/** `npm run test:faults`: breaks real processes for some minutes and judges what they promised. */
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { showProgress, type Bar } from "../../src/cli/progress.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { violationText } from "./history/report.ts";
import { suiteOptions, USAGE, type SuiteOptions } from "./options.ts";
import { rowsOf, tableOf, type JudgedRun } from "./report.ts";
import { InterruptedError, type Progress } from "./run.ts";
import { runSuite } from "./suite.ts";

const MAX_SHOWN = 10;
/** Exit code of a suite that was interrupted. */
const INTERRUPTED = 130;

const terminal = new Terminal(process);
process.exitCode = await main(process.argv.slice(2));
// A site that could not be ended in order must not keep the command from its end.
process.exit();

async function main(argv: readonly string[]): Promise<number> {
  let options: SuiteOptions | "help";
  try {
    options = suiteOptions(argv);
  } catch (error) {
    terminal.note(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (options === "help") {
    await terminal.print(USAGE);
    return 0;
  }
  return runAndTell(options);
}

async function runAndTell(options: SuiteOptions): Promise<number> {
  const interrupt = new AbortController();
  // A second Ctrl-C ends the process; what it leaves is then reaped.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => interrupt.abort());
  const folder = resolve(options.keep ?? mkdtempSync(join(tmpdir(), "qtasks-faults-")));
  mkdirSync(folder, { recursive: true });
  let bar: Bar | undefined;
  const judged: JudgedRun[] = [];
  const events = {
    signal: interrupt.signal,
    onRun: (backend: string, at: number, count: number) => {
      bar?.stop();
      bar = showProgress(terminal, `${backend} (${at + 1} of ${count})`);
    },
    onProgress: (progress: Progress) => showDoing(bar, progress),
    onJudged: (run: JudgedRun) => {
      bar?.stop();
      tellRun(run);
      judged.push(run);
    },
  };
  try {
    await runSuite(options, folder, events);
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    terminal.note("interrupted");
  } finally {
    bar?.stop();
  }
  if (options.keep === undefined) {
    if (interrupt.signal.aborted) rmSync(folder, { recursive: true, force: true });
    else removeEmpty(folder);
  }
  const ok = judged.every(isGood) && !interrupt.signal.aborted;
  await tellAll(options, judged, ok);
  return interrupt.signal.aborted ? INTERRUPTED : ok ? 0 : 1;
}

function showDoing(bar: Bar | undefined, { doing, injections, counts, share }: Progress): void {
  const { enqueued, open } = counts;
  const message = `${doing} · ${injections} injections, ${enqueued} tasks, ${open} open`;
  bar?.update(Math.round(share * 100), 100, message);
}

function tellRun({ backend, seed, events, tasks, faults, ...run }: JudgedRun): void {
  const injections = faults.reduce((sum, one) => sum + one.injections, 0);
  const { green, red } = terminal.errorColors;
  const good = isGood(run);
  terminal.note(
    `${good ? green("✔") : red("✖")} ${backend}, seed ${seed}: ${injections} injections, ${tasks} tasks, ${events} events`,
  );
  for (const problem of run.problems) terminal.note(`  ${problem}`);
  for (const violation of run.violations.slice(0, MAX_SHOWN))
    terminal.note(`  ${violationText(violation)}`);
  const more = run.violations.length - MAX_SHOWN;
  if (more > 0) terminal.note(`  and ${more} more`);
  if (run.folder !== undefined) terminal.note(`  history and logs in ${run.folder}`);
}

async function tellAll(
  { seed, json }: SuiteOptions,
  runs: readonly JudgedRun[],
  ok: boolean,
): Promise<void> {
  const rows = rowsOf(runs);
  if (json) {
    await terminal.print(JSON.stringify({ seed, ok, rows, runs }, undefined, 2));
    return;
  }
  await terminal.print(tableOf(rows));
  await terminal.print(ok ? `no violation (--seed ${seed})` : `repeat with --seed ${seed}`);
}

function isGood({ violations, problems }: Pick<JudgedRun, "violations" | "problems">): boolean {
  return violations.length === 0 && problems.length === 0;
}

/** Runs that failed stay there. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
}
