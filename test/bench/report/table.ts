/** Results as tables on a terminal. */
import Table from "cli-table3";
import type { Colors } from "../../../src/cli/terminal.ts";
import type { Results, Summary } from "../results.ts";
import { WORKS } from "../works/index.ts";
import type { Work } from "../works/work.ts";
import { cpuOf, figure, mebibytes } from "./format.ts";
import { baselineName, baselineOf, ratioCell } from "./ratios.ts";

/** A table for each work. */
export function printable(results: Results, colors: Colors): string {
  return WORKS.map((work) => ({
    work,
    rows: results.summary.filter((row) => row.work === work.id),
  }))
    .filter(({ rows }) => rows.length > 0)
    .map(
      ({ work, rows }) =>
        `${colors.bold(`${work.id} ${work.title}`)}\n${colors.dim(work.describe(results.options))}\n` +
        tableOf(work, rows, colors),
    )
    .join("\n\n");
}

function tableOf(work: Work, rows: readonly Summary[], colors: Colors): string {
  const figures = Object.entries(work.figures);
  const headings = figures.flatMap(([, heading]) => [heading, baselineName(work)]);
  const table = new Table({
    head: ["", ...headings, "lost", "doubled", "CPU µs per task", "peak memory"],
    style: { head: colors.bold("x") === "x" ? [] : ["bold"], border: [], compact: true },
  });
  for (const row of rows) {
    const baseline = baselineOf(work, row, rows);
    table.push([
      [row.subject, row.variant].filter(Boolean).join(" "),
      ...figures.flatMap(([name]) => cells(row, baseline, name)),
      verdict(row.lost, colors),
      verdict(row.doubled, colors),
      cpuOf(row.parts),
      row.parts.map((part) => `${part.role} ${mebibytes(part.peakRssBytes)}`).join(", "),
    ]);
  }
  return table.toString();
}

function cells(row: Summary, baseline: Summary | undefined, name: string): string[] {
  const value = row.values[name];
  if (value === undefined) return ["–", ""];
  const [least, most] = row.spread[name]!;
  const spread = row.rounds > 1 ? ` (${figure(least)}–${figure(most)})` : "";
  return [`${figure(value)}${spread}`, ratioCell(row, baseline, name, figure)];
}

function verdict(count: number, colors: Colors): string {
  return count === 0 ? "0" : colors.red(String(count));
}
