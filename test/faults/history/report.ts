/** A verdict as text. */
import Table from "cli-table3";
import type { Verdict } from "./checker.ts";
import type { KindMeasures, Measures, Recovery } from "./measures.ts";
import { span, type Violation } from "./rule.ts";
import { RULES } from "./rules.ts";

/** Violations that are printed in full; the table counts all. */
const MAX_SHOWN = 20;
const PLAIN = { head: [], border: [], compact: true };

/** Rules with their violations, faults with their recoveries, and what was counted. */
export function reportText({ violations, measures }: Verdict): string {
  return [
    summary(measures),
    ruleTable(violations),
    ...(measures.kinds.length === 0 ? [] : [faultTable(measures)]),
    ...violations.slice(0, MAX_SHOWN).map(violationText),
    ...(violations.length > MAX_SHOWN ? [`and ${violations.length - MAX_SHOWN} more`] : []),
    violations.length === 0 ? "no violation" : `${violations.length} violations`,
  ].join("\n");
}

/** One violation over a few lines. */
export function violationText({ rule, taskId, attempt, message, lines }: Violation): string {
  const who = attempt === undefined ? taskId : `${taskId}, attempt ${attempt}`;
  return `✗ ${rule}: ${who}\n    ${message}\n    see ${lines.join(", ")}`;
}

function summary(measures: Measures): string {
  const { backend, seed, events, processes, durationMs, tasks, acknowledged, terminal } = measures;
  return [
    `${backend}, seed ${seed}: ${count(events)} events of ${processes} processes in ${span(durationMs)}, ${measures.injections} injections`,
    `${count(tasks)} tasks, ${count(acknowledged)} acknowledged, ${count(terminal)} read out as ended; ${count(measures.leases)} leases, ${count(measures.attemptsLost)} lost; outcomes: ${count(measures.outcomesRecorded)} recorded, ${count(measures.outcomesStale)} stale; ${count(measures.maybes)} maybes`,
  ].join("\n");
}

function ruleTable(violations: readonly Violation[]): string {
  const table = new Table({ head: ["rule", "promise", "violations"], style: PLAIN });
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  for (const { name, says } of RULES) table.push([name, says, byRule.get(name)?.length ?? 0]);
  return table.toString();
}

function faultTable({ kinds, ...all }: Measures): string {
  const head = ["fault", "injections", "longest to an outcome", "longest to progress"];
  const table = new Table({ head, style: PLAIN });
  const rows: readonly KindMeasures[] = [...kinds, { ...all, kind: "all" }];
  for (const { kind, injections, ...recovery } of rows)
    table.push([kind, injections, ...delays(recovery)]);
  return table.toString();
}

function delays({ toOutcomeMs, toProgressMs }: Recovery): string[] {
  return [toOutcomeMs, toProgressMs].map((ms) => (ms === undefined ? "–" : span(ms)));
}

function count(value: number): string {
  return value.toLocaleString("en");
}
