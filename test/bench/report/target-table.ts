/** The targets on a terminal. */
import Table from "cli-table3";
import type { Colors } from "../../../src/cli/terminal.ts";
import { figure } from "./format.ts";
import type { TargetResult } from "./targets.ts";

export function targetTable(targets: readonly TargetResult[], colors: Colors): string {
  const head = ["work", "compared", "target", "measured", ""];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { work, what, goal, measured, met } of targets)
    table.push([
      work,
      what,
      goal,
      measured === undefined ? "not measured" : figure(measured),
      met === undefined ? "" : met ? colors.green("met") : colors.red("missed"),
    ]);
  return `${colors.bold("targets")}\n${table.toString()}`;
}
