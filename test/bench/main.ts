/**
 * `npm run bench`: measures the works of the benchmark on each backend and beside its peers, prints a table, and
 * writes the results as JSON. Exits with 1 when a task was lost or doubled.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { showProgress, type Bar } from "../../src/cli/progress.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { readOptions, type BenchOptions } from "./options.ts";
import { figure } from "./report/format.ts";
import { readMachine } from "./report/machine.ts";
import { printable } from "./report/table.ts";
import { summarize, type Measurement, type Results } from "./results.ts";
import { runWorks, type Watcher } from "./run-works.ts";
import type { Work } from "./works/work.ts";

const ROOT = join(import.meta.dirname, "../..");

const options = readOptions(process.argv.slice(2));
const terminal = new Terminal(process);
const results = await run(options);
const file = save(results);
if (options.output === "json") await terminal.print(JSON.stringify(results, undefined, 2));
else await terminal.print(printable(results, terminal.colors));
terminal.note(`results: ${file}`);
const wrong = results.summary.filter(({ lost, doubled }) => lost + doubled > 0);
for (const { work, subject, lost, doubled } of wrong)
  terminal.note(`${work} ${subject}: ${lost} lost, ${doubled} doubled`);
process.exitCode = wrong.length === 0 ? 0 : 1;

async function run(asked: BenchOptions): Promise<Results> {
  const machine = readMachine();
  const startedAt = new Date();
  const bar = showProgress(terminal, "");
  try {
    const { measurements, durability } = await runWorks(asked, watcher(bar));
    return {
      startedAt: startedAt.toISOString(),
      elapsedMs: Date.now() - startedAt.getTime(),
      machine,
      options: asked,
      durability,
      measurements,
      summary: summarize(measurements),
    };
  } finally {
    bar.stop();
  }
}

function watcher(bar: Bar): Watcher {
  return {
    onTurn: (work, { subject, variant }, { done, total }) =>
      bar.update(done, total, [work.id, variant, subject].filter(Boolean).join(" ")),
    onMeasured: (work, measurement) => terminal.note(line(work, measurement)),
  };
}

function line(work: Work, measurement: Measurement): string {
  const { subject, variant, round, values, lost, doubled } = measurement;
  const figures = Object.entries(work.figures)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, heading]) => `${figure(values[name]!)} ${heading}`);
  const wrong = lost + doubled > 0 ? `, ${lost} LOST, ${doubled} DOUBLED` : "";
  return `${work.id} round ${round} ${[subject, variant].filter(Boolean).join(" ")}: ${figures.join(", ")}${wrong}`;
}

function save(found: Results): string {
  const name = `${found.startedAt.replaceAll(/[:.]/g, "-")}.json`;
  const path = resolve(found.options.file ?? join(ROOT, "tmp/bench", name));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(found, undefined, 2)}\n`);
  return path;
}
