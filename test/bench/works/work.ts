/** What a work is: something to do, that each of its contestants does in turn. */
import type { Cost } from "../measure/process-meter.ts";
import type { Tally } from "../measure/tally.ts";
import type { BenchOptions } from "../options.ts";
import type { System } from "../systems/system.ts";
import type { WorkId } from "./work-ids.ts";

/** What one run of one contestant gave. */
export interface Outcome extends Tally {
  /** Figures by name; the unit is part of the name. */
  readonly values: Readonly<Record<string, number>>;
  /** Figures that were taken several times, in their order. */
  readonly series?: Readonly<Record<string, readonly number[]>>;
  /** Tasks of the measured span, which what the processes took is divided by. @default all */
  readonly measuredTasks?: number;
  /** What each process took in the measured span. */
  readonly costs: readonly Cost[];
}

/** One who does a work. */
export interface Contestant {
  /** As results name it. */
  readonly subject: string;
  /** Which of the work's sizes or ways, where it has several. */
  readonly variant?: string;
  /** When an acknowledged task would survive a crash, for people. */
  readonly durability: string;
  /** From a start with fresh data to the end of its processes. */
  run(): Promise<Outcome>;
}

/** What a work is given. */
export interface WorkContext {
  readonly options: BenchOptions;
  /** The systems that take part, QTasks' backends and peers. */
  readonly systems: readonly System[];
  /** The median of a figure so far in this run, where it was measured. */
  medianOf(work: WorkId, subject: string, value: string): number | undefined;
}

/** A contestant, or each one's own first variant. */
export type Baseline = { readonly subject: string } | "first variant";

/** Something to measure, with those who do it. */
export interface Work {
  readonly id: WorkId;
  readonly title: string;
  /** How it is done, for people: sizes, loop, acknowledgement. */
  describe(options: BenchOptions): string;
  /** The figures of {@link Outcome.values} to show, with what they are called. */
  readonly figures: Readonly<Record<string, string>>;
  /** What the ratios of its tables are to. @default BullMQ */
  readonly baseline?: Baseline;
  /** Rounds beyond these are not done: they take long, or give the same each time. @default all */
  readonly maxRounds?: number;
  contestants(context: WorkContext): readonly Contestant[];
}
