/** Writes `benchmarks.md` with its plots. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import type { Results, Summary } from "../results.ts";
import { WORKS } from "../works/index.ts";
import type { Work } from "../works/work.ts";
import { chartsOf, type Chart } from "./chart-specs.ts";
import { draw } from "./draw.ts";
import { cpuOf, figure, mebibytes } from "./format.ts";
import { baselineName, baselineOf, ratioCell } from "./ratios.ts";

const PLOTS = "benchmarks";

/** Writes `benchmarks.md` and `benchmarks/` into a folder; returns the path of the page. */
export async function writeDocs(results: Results, folder: string): Promise<string> {
  const plots = join(folder, PLOTS);
  mkdirSync(plots, { recursive: true });
  const charts = chartsOf(results);
  for (const { name, spec } of charts) {
    const { svg, png } = await draw(spec);
    writeFileSync(join(plots, `${name}.svg`), svg);
    writeFileSync(join(plots, `${name}.png`), png);
  }
  const path = join(folder, "benchmarks.md");
  const text = pageOf(results, charts);
  writeFileSync(path, await format(text, { parser: "markdown", printWidth: 100 }));
  return path;
}

function pageOf(results: Results, charts: readonly Chart[]): string {
  const works = WORKS.filter(({ id }) => results.summary.some(({ work }) => work === id));
  return [
    "# Benchmarks",
    "Written by `npm run bench -- --docs`; do not edit. Ratios count, side by side in one run on one machine; " +
      "absolute figures drift from machine to machine and from day to day.",
    howOf(results),
    targetsOf(results),
    ...works.map((work) => sectionOf(work, results, charts)),
  ].join("\n\n");
}

function howOf({
  machine,
  options,
  startedAt,
  elapsedMs,
  durability,
  missing,
  summary,
}: Results): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const sum = (field: "tasks" | "lost" | "doubled"): number =>
    summary.reduce((total, row) => total + row[field], 0);
  const rows = [
    [
      "measured",
      `${startedAt.slice(0, 16).replace("T", " ")} UTC, ${figure(elapsedMs / 60_000)} min`,
    ],
    [
      "machine",
      `${machine.cpu}, ${machine.cores} cores, ${mebibytes(machine.memoryBytes)}, ${machine.system}; ` +
        `load average before the run ${figure(machine.loadBefore)}`,
    ],
    ["versions", versions.join(", ")],
    [
      "rounds",
      `${options.rounds}, the contestants in turn; medians, with the least and the most beside them`,
    ],
    [
      "before each measurement",
      `new processes, empty data, ${figure(options.warmUpTasks)} tasks to warm up`,
    ],
    ["task", "a handler that does nothing, an input of 200 bytes, a result of 20 bytes"],
    ...Object.entries(durability).map(([subject, text]) => [`durability, ${subject}`, text]),
    ...Object.entries(missing).map(([name, why]) => ["not run", `${name}: ${why}`]),
    [
      "checked",
      `${figure(sum("tasks"))} tasks, by the ids that were acknowledged, that handlers saw and that were read back ` +
        `with their outcomes: ${sum("lost")} lost, ${sum("doubled")} doubled`,
    ],
  ];
  return markdown(["", ""], rows);
}

function targetsOf({ targets }: Results): string {
  const rows = targets.map(({ work, what, goal, measured, met }) => [
    work,
    what,
    goal,
    measured === undefined ? "not measured" : figure(measured),
    met === undefined ? "" : met ? "met" : "**missed**",
  ]);
  return [
    "## Targets",
    markdown(["work", "compared", "target", "measured", ""], rows),
    "What bounds those that are missed, and how near they are: [performance](performance.md).",
  ].join("\n\n");
}

function sectionOf(work: Work, results: Results, charts: readonly Chart[]): string {
  const rows = results.summary.filter((row) => row.work === work.id);
  const plots = charts
    .filter((chart) => chart.work.id === work.id)
    .map(
      ({ name, title }) => `![${title}](${PLOTS}/${name}.svg)\n\n[as PNG](${PLOTS}/${name}.png)`,
    );
  return [
    `## ${work.id}: ${work.title}`,
    `${work.describe(results.options)}.`,
    ...plots,
    figuresOf(work, rows),
    costsOf(rows),
  ].join("\n\n");
}

function figuresOf(work: Work, rows: readonly Summary[]): string {
  const figures = Object.entries(work.figures);
  const headings = figures.flatMap(([, heading]) => [heading, "least–most", baselineName(work)]);
  const cells = rows.map((row) => {
    const baseline = baselineOf(work, row, rows);
    return [
      nameOf(row),
      ...figures.flatMap(([name]) => [
        figure(row.values[name] ?? Number.NaN),
        row.spread[name] === undefined ? "" : row.spread[name].map(figure).join("–"),
        ratioCell(row, baseline, name, figure),
      ]),
      String(row.lost),
      String(row.doubled),
    ];
  });
  return markdown(["", ...headings, "lost", "doubled"], cells);
}

function costsOf(rows: readonly Summary[]): string {
  const cells = rows.map((row) => [
    nameOf(row),
    row.tasks === 0 ? "–" : cpuOf(row.parts),
    row.parts.map((part) => `${part.role} ${mebibytes(part.rssBytes)}`).join(", "),
    row.parts.map((part) => `${part.role} ${mebibytes(part.peakRssBytes)}`).join(", "),
  ]);
  return markdown(["", "CPU µs per task", "memory at the end", "peak memory"], cells);
}

function nameOf({ subject, variant }: Summary): string {
  return [subject, variant].filter(Boolean).join(", ");
}

function markdown(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}
