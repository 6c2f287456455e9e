/** What the script prints in the end: a table for people, JSON for programs. */
import Table from "cli-table3";
import type { Walk } from "./tasks.ts";

const SHOWN = 5;

export interface Report {
  readonly tasks: number;
  readonly steps: number;
  /** The longest walks, the longest first. */
  readonly longest: readonly Walk[];
}

/** Adds up the results. */
export function reportOf(walks: readonly Walk[]): Report {
  const longest = walks.toSorted((a, b) => b.steps - a.steps || a.start - b.start).slice(0, SHOWN);
  return { tasks: walks.length, steps: walks.reduce((sum, { steps }) => sum + steps, 0), longest };
}

/** The report as a table, with a last line for the sums. */
export function tableOf({ tasks, steps, longest }: Report): string {
  const table = new Table({
    head: ["start", "steps", "peak"],
    colAligns: ["right", "right", "right"],
    style: { head: [], border: [] },
  });
  for (const walk of longest) table.push([walk.start, walk.steps, walk.peak]);
  return `${table.toString()}\n${tasks} walks, ${steps} steps`;
}
