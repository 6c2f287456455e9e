/** The results of a run, as they are written to a file. */
import { median } from "./measure/statistics.ts";
import type { BenchOptions } from "./options.ts";
import type { Machine } from "./report/machine.ts";
import type { TargetResult } from "./report/targets.ts";
import type { Outcome } from "./works/work.ts";
import type { WorkId } from "./works/work-ids.ts";

/** One run of one contestant. */
export interface Measurement extends Outcome {
  readonly work: WorkId;
  readonly subject: string;
  /** Empty where the work has one only. */
  readonly variant: string;
  /** From 1. */
  readonly round: number;
}

/** Everything that a run found. */
export interface Results {
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly machine: Machine;
  readonly options: BenchOptions;
  /** By subject: when what it acknowledges is durable. */
  readonly durability: Readonly<Record<string, string>>;
  /** Peers that were asked for and could not be run, with the reason. */
  readonly missing: Readonly<Record<string, string>>;
  readonly measurements: readonly Measurement[];
  readonly summary: readonly Summary[];
  readonly targets: readonly TargetResult[];
}

/** What one process took, over the rounds. */
export interface PartSummary {
  readonly role: string;
  /** Median of the CPU time for each task, in µs. */
  readonly cpuMicrosPerTask: number;
  /** The most of any round, in bytes. */
  readonly rssBytes: number;
  readonly peakRssBytes: number;
}

/** All rounds of one contestant. */
export interface Summary {
  readonly work: WorkId;
  readonly variant: string;
  readonly subject: string;
  readonly rounds: number;
  /** Medians. */
  readonly values: Readonly<Record<string, number>>;
  /** The least and the most of any round. */
  readonly spread: Readonly<Record<string, readonly [least: number, most: number]>>;
  readonly parts: readonly PartSummary[];
  /** Sums. */
  readonly tasks: number;
  readonly lost: number;
  readonly doubled: number;
}

/** Medians over the rounds, in the order in which the contestants came up. */
export function summarize(measurements: readonly Measurement[]): Summary[] {
  const groups = Map.groupBy(measurements, ({ work, variant, subject }) =>
    [work, variant, subject].join(" "),
  );
  return [...groups.values()].map(summarizeOne);
}

function summarizeOne(rounds: readonly Measurement[]): Summary {
  const { work, variant, subject, values, costs } = rounds[0]!;
  const all = (name: string): number[] => rounds.map((round) => round.values[name]!);
  const names = Object.keys(values);
  const sum = (field: "tasks" | "lost" | "doubled"): number =>
    rounds.reduce((total, round) => total + round[field], 0);
  return {
    work,
    variant,
    subject,
    rounds: rounds.length,
    values: Object.fromEntries(names.map((name) => [name, median(all(name))])),
    spread: Object.fromEntries(
      names.map((name) => [name, [Math.min(...all(name)), Math.max(...all(name))] as const]),
    ),
    parts: costs.map(({ role }, index) => summarizePart(role, rounds, index)),
    tasks: sum("tasks"),
    lost: sum("lost"),
    doubled: sum("doubled"),
  };
}

function summarizePart(role: string, rounds: readonly Measurement[], index: number): PartSummary {
  const costs = rounds.map(({ costs: parts }) => parts[index]!);
  const micros = rounds.map(
    ({ tasks, measuredTasks = tasks }, round) => (costs[round]!.cpuMs * 1000) / measuredTasks,
  );
  return {
    role,
    cpuMicrosPerTask: median(micros),
    rssBytes: Math.max(...costs.map(({ rssBytes }) => rssBytes)),
    peakRssBytes: Math.max(...costs.map(({ peakRssBytes }) => peakRssBytes)),
  };
}
