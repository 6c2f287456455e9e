/** The summary of a run, for people and for programs. */
import Table from "cli-table3";
import picocolors from "picocolors";
import type { Ended } from "./digest-all.ts";
import type { FileReport } from "./report.ts";
import type { SkippedEntry } from "./walk.ts";

/** All that a run has to say at its end. */
export interface Summary {
  readonly run: string;
  readonly folder: string;
  readonly report: FileReport;
  readonly failures: readonly { readonly path: string; readonly message: string }[];
  readonly skipped: readonly SkippedEntry[];
  /** Tasks that an earlier run of the same name had enqueued. */
  readonly foundEarlier: number;
  /** From the first enqueue to the last result, in seconds. */
  readonly seconds: number;
  readonly filesPerSecond: number;
  readonly bytesPerSecond: number;
}

const NO_LINES = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
    [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((part) => [part, ""]),
  ),
);
const SHOWN_TYPES = 12;
/** The library itself would colour pipes too where a CI is around. */
const pc = picocolors.createColors(Boolean(process.stdout.isTTY) && picocolors.isColorSupported);
const SHOWN_PROBLEMS = 10;

/** Those that failed, with the reason. */
export function failuresOf(ends: readonly Ended[]): Summary["failures"] {
  return ends.flatMap((end) =>
    "failure" in end ? [{ path: end.path, message: end.failure }] : [],
  );
}

/** The summary as lines for people; colours on a terminal. */
export function summaryText(summary: Summary): string {
  const { report, seconds, failures, skipped } = summary;
  const lines = [
    typeTable(report),
    "",
    `${pc.bold(count(report.files))} files, ${bytes(report.bytes)}, ${count(report.lines)} lines` +
      `${report.failed > 0 ? pc.red(`, ${count(report.failed)} failed`) : ""}`,
    `${seconds.toFixed(2)} s: ${count(summary.filesPerSecond)} files/s, ` +
      `${bytes(summary.bytesPerSecond)}/s`,
  ];
  if (summary.foundEarlier > 0)
    lines.push(`${count(summary.foundEarlier)} of them were enqueued by an earlier run`);
  const { slowest } = report;
  if (slowest !== undefined)
    lines.push(
      `slowest: ${slowest.path}, ${bytes(slowest.size)} in ${slowest.elapsedMs.toFixed(1)} ms`,
    );
  const problems = [
    ...failures.map(({ path, message }) => pc.red(`failed   ${path}: ${message}`)),
    ...skipped.map(({ path, reason }) => pc.dim(`skipped  ${path}: ${reason}`)),
  ];
  lines.push(...problems.slice(0, SHOWN_PROBLEMS));
  if (problems.length > SHOWN_PROBLEMS)
    lines.push(`and ${problems.length - SHOWN_PROBLEMS} more; --output json has them all`);
  return lines.join("\n");
}

function typeTable({ byType }: FileReport): string {
  const table = new Table({
    colAligns: ["left", "right", "right", "right"],
    style: { border: [], "padding-left": 0, "padding-right": 0 },
    chars: { ...NO_LINES, middle: "  " },
  });
  table.push(["TYPE", "FILES", "BYTES", "LINES"].map(pc.bold));
  const rest = byType.slice(SHOWN_TYPES);
  const sum = (key: "files" | "bytes" | "lines") => rest.reduce((n, of) => n + of[key], 0);
  const others = {
    mimeType: `${rest.length} more`,
    files: sum("files"),
    bytes: sum("bytes"),
    lines: sum("lines"),
  };
  const shown = rest.length > 0 ? [...byType.slice(0, SHOWN_TYPES), others] : byType;
  for (const { mimeType, files, bytes: size, lines } of shown)
    table.push([mimeType, count(files), bytes(size), count(lines)]);
  return table.toString();
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let left = value;
  for (; left >= 1000 && unit < units.length - 1; unit++) left /= 1000;
  return `${unit === 0 ? Math.round(left) : left.toFixed(1)} ${units[unit]}`;
}
