/**
 * `npm run bench`: measures the works of the benchmark on each backend and beside its peers, prints a table, and
 * writes the results as JSON. Exits with 1 when a task was lost or doubled.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { showProgress } from "../../src/cli/progress.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { readOptions, type BenchOptions } from "./options.ts";
import { figure } from "./report/format.ts";
import { readMachine } from "./report/machine.ts";
import { printable } from "./report/table.ts";
import { targetTable } from "./report/target-table.ts";
import { judge } from "./report/targets.ts";
import { summarize, type Measurement, type Results } from "./results.ts";
import { runWorks, type Measured } from "./run-works.ts";
import type { Work } from "./works/work.ts";

const ROOT = join(import.meta.dirname, "../..");

const options = readOptions(process.argv.slice(2));
const terminal = new Terminal(process);
const results = options.from === undefined ? await run(options) : load(options.from);
if (options.output === "json") await terminal.print(JSON.stringify(results, undefined, 2));
else {
  await terminal.print(printable(results, terminal.colors));
  await terminal.print(`\n${targetTable(results.targets, terminal.colors)}`);
}
if (options.docs !== undefined) {
  // Loaded here, since it brings much along.
  const { writeDocs } = await import("./report/docs.ts");
  terminal.note(`docs: ${await writeDocs(results, resolve(ROOT, options.docs))}`);
}
const wrong = results.summary.filter(({ lost, doubled }) => lost + doubled > 0);
for (const { work, subject, lost, doubled } of wrong)
  terminal.note(`${work} ${subject}: ${lost} lost, ${doubled} doubled`);
process.exitCode = wrong.length === 0 ? 0 : 1;

/** The file is written after each measurement: a run that is broken off leaves what it found. */
async function run(asked: BenchOptions): Promise<Results> {
  const machine = readMachine();
  const startedAt = new Date();
  const path = resultsPath(asked, startedAt);
  const resultsOf = (measured: Measured): Results => {
    const summary = summarize(measured.measurements);
    return {
      startedAt: startedAt.toISOString(),
      elapsedMs: Date.now() - startedAt.getTime(),
      machine,
      ...measured,
      summary,
      targets: judge(summary),
    };
  };
  const bar = showProgress(terminal, "");
  try {
    const measured = await runWorks(asked, {
      onMissing: (name, why) => terminal.note(`not run: ${name}: ${why}`),
      onTurn: (work, { subject, variant }, { done, total }) =>
        bar.update(done, total, [work.id, variant, subject].filter(Boolean).join(" ")),
      onMeasured: (work, measurement, soFar) => {
        terminal.note(line(work, measurement));
        save(path, resultsOf(soFar));
      },
    });
    return resultsOf(measured);
  } finally {
    bar.stop();
    terminal.note(`results: ${path}`);
  }
}

function line(work: Work, measurement: Measurement): string {
  const { subject, variant, round, values, lost, doubled } = measurement;
  const figures = Object.entries(work.figures)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, heading]) => `${figure(values[name]!)} ${heading}`);
  const wrong = lost + doubled > 0 ? `, ${lost} LOST, ${doubled} DOUBLED` : "";
  return `${work.id} round ${round} ${[subject, variant].filter(Boolean).join(" ")}: ${figures.join(", ")}${wrong}`;
}

function load(path: string): Results {
  const found = JSON.parse(readFileSync(resolve(path), "utf8")) as Results;
  // What the targets are may have changed since.
  return { ...found, targets: judge(found.summary) };
}

function resultsPath({ file }: BenchOptions, startedAt: Date): string {
  const name = `${startedAt.toISOString().replaceAll(/[:.]/g, "-")}.json`;
  return resolve(file ?? join(ROOT, "tmp/bench", name));
}

function save(path: string, found: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(found, undefined, 2)}\n`);
}
