/** Does the works: round by round, the contestants in turn, so that a slow spell of the machine meets all of them. */
import { median } from "./measure/statistics.ts";
import type { BenchOptions } from "./options.ts";
import { findPeers, FOREIGN_PEERS } from "./peers/find-peers.ts";
import type { Measurement } from "./results.ts";
import { bestConcurrency, bullmq } from "./systems/bullmq.ts";
import { qtasks } from "./systems/qtasks.ts";
import type { System } from "./systems/system.ts";
import { WORKS } from "./works/index.ts";
import type { WorkId } from "./works/work-ids.ts";
import type { Contestant, Outcome, Work } from "./works/work.ts";

/** Told of what goes on. */
export interface Watcher {
  /** A peer can't be run here. */
  onMissing(name: string, why: string): void;
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
  /** Peers that could not be run, with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

export async function runWorks(given: BenchOptions, watcher: Watcher): Promise<Measured> {
  const options = await settle(given);
  const asked = FOREIGN_PEERS.filter((name) => options.peers.includes(name));
  const { systems: foreign, missing } = await findPeers(asked);
  for (const [name, why] of Object.entries(missing)) watcher.onMissing(name, why);
  const run = new Run(options, [...systemsOf(options), ...foreign], missing, watcher);
  for (const work of WORKS.filter(({ id }) => options.works.includes(id))) await run.do(work);
  return run.measured;
}

class Run {
  readonly #options: BenchOptions;
  readonly #systems: readonly System[];
  readonly #watcher: Watcher;
  readonly #measurements: Measurement[] = [];
  readonly #durability: Record<string, string> = {};
  readonly #missing: Record<string, string>;

  constructor(
    options: BenchOptions,
    systems: readonly System[],
    missing: Readonly<Record<string, string>>,
    watcher: Watcher,
  ) {
    this.#options = options;
    this.#systems = systems;
    this.#missing = { ...missing };
    this.#watcher = watcher;
  }

  get measured(): Measured {
    return {
      options: this.#options,
      measurements: this.#measurements,
      durability: this.#durability,
      missing: this.#missing,
    };
  }

  async do(work: Work): Promise<void> {
    const options = this.#options;
    const systems = this.#systems.filter(({ works }) => works?.includes(work.id) ?? true);
    const medianOf = this.#medianOf.bind(this);
    const contestants = work.contestants({ options, systems, medianOf });
    for (const { subject, durability } of contestants) this.#durability[subject] = durability;
    const rounds = Math.min(options.rounds, work.maxRounds ?? Infinity);
    const total = rounds * contestants.length;
    let done = 0;
    for (let round = 1; round <= rounds; round++)
      for (const contestant of rotated(contestants, round - 1)) {
        this.#watcher.onTurn(work, contestant, { round, done: done++, total });
        await this.#measure(work, contestant, round);
      }
  }

  async #measure(work: Work, contestant: Contestant, round: number): Promise<void> {
    const { subject, variant = "" } = contestant;
    const outcome = await this.#outcomeOf(work, contestant);
    if (outcome === undefined) return;
    const measurement = { work: work.id, subject, variant, round, ...outcome };
    this.#measurements.push(measurement);
    this.#watcher.onMeasured(work, measurement, this.measured);
  }

  /** A peer in another language that fails is told of and left out; a failure of the others ends the run. */
  async #outcomeOf({ id }: Work, contestant: Contestant): Promise<Outcome | undefined> {
    const { subject } = contestant;
    if (!FOREIGN_PEERS.some((name) => name === subject)) return contestant.run();
    if (this.#missing[subject] !== undefined) return undefined;
    try {
      return await contestant.run();
    } catch (error) {
      const why = (this.#missing[subject] = `${id}: ${String(error)}`);
      this.#watcher.onMissing(subject, why);
      return undefined;
    }
  }

  #medianOf(work: WorkId, subject: string, value: string): number | undefined {
    const found = this.#measurements.filter((one) => one.work === work && one.subject === subject);
    return found.length === 0 ? undefined : median(found.map(({ values }) => values[value]!));
  }
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
