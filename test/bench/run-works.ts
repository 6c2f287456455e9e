/** Does the works: round by round, the contestants in turn, so that a slow spell of the machine meets all of them. */
import { median } from "./measure/statistics.ts";
import type { BenchOptions } from "./options.ts";
import type { Measurement } from "./results.ts";
import { bestConcurrency, bullmq } from "./systems/bullmq.ts";
import { qtasks } from "./systems/qtasks.ts";
import type { System } from "./systems/system.ts";
import { WORKS } from "./works/index.ts";
import type { Contestant, Work, WorkContext } from "./works/work.ts";

/** Told of what goes on. */
export interface Watcher {
  /** Before a contestant's turn; `done` of `total` turns of this work are over. */
  onTurn(work: Work, contestant: Contestant, turn: Turn): void;
  /** After it. `soFar` is all that was measured until then. */
  onMeasured(work: Work, measurement: Measurement, soFar: Measured): void;
}

export interface Turn {
  readonly round: number;
  readonly done: number;
  readonly total: number;
}

/** What was measured, and when each subject's acknowledgements are durable. */
export interface Measured {
  /** With what was found out for them. */
  readonly options: BenchOptions;
  readonly measurements: readonly Measurement[];
  readonly durability: Readonly<Record<string, string>>;
}

export async function runWorks(given: BenchOptions, watcher: Watcher): Promise<Measured> {
  const options = await settle(given);
  const measurements: Measurement[] = [];
  const durability: Record<string, string> = {};
  const context: WorkContext = {
    options,
    systems: systemsOf(options),
    medianOf: (work, subject, value) => {
      const found = measurements.filter((one) => one.work === work && one.subject === subject);
      return found.length === 0 ? undefined : median(found.map(({ values }) => values[value]!));
    },
  };
  for (const work of WORKS.filter(({ id }) => options.works.includes(id))) {
    const contestants = work.contestants(context);
    for (const one of contestants) durability[one.subject] = one.durability;
    const rounds = Math.min(options.rounds, work.maxRounds ?? Infinity);
    const total = rounds * contestants.length;
    let done = 0;
    for (let round = 1; round <= rounds; round++)
      for (const one of rotated(contestants, round - 1)) {
        watcher.onTurn(work, one, { round, done: done++, total });
        const { subject, variant = "" } = one;
        const measurement = { work: work.id, subject, variant, round, ...(await one.run()) };
        measurements.push(measurement);
        watcher.onMeasured(work, measurement, { options, measurements, durability });
      }
  }
  return { options, measurements, durability };
}

/** What the options leave to be found out. */
async function settle(options: BenchOptions): Promise<BenchOptions> {
  const { bullmqConcurrency, peers, tasks, warmUpTasks } = options;
  if (bullmqConcurrency !== undefined || !peers.includes("bullmq")) return options;
  return { ...options, bullmqConcurrency: await bestConcurrency(tasks, warmUpTasks) };
}

/** BullMQ first: it is what the others are compared with. */
function systemsOf(options: BenchOptions): System[] {
  const { backends, peers, slots, bullmqConcurrency: concurrency } = options;
  return [
    ...(peers.includes("bullmq") ? [bullmq({ concurrency: concurrency! })] : []),
    ...backends.map((backend) => qtasks({ backend, slots })),
  ];
}

/** Whoever comes first in a round may find the machine warmer or colder: each does so in turn. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
