/** The command line of the benchmark. */
import { Command, InvalidArgumentError, Option } from "commander";
import { BACKENDS, type BackendName } from "./systems/qtasks.ts";
import { FOREIGN_PEERS } from "./peers/find-peers.ts";
import { WORK_IDS, type WorkId } from "./works/work-ids.ts";

/** Systems that are measured beside QTasks. */
export const PEERS = ["bullmq", ...FOREIGN_PEERS] as const;
export type PeerName = (typeof PEERS)[number];

/** What a run is made of. */
export interface BenchOptions {
  readonly works: readonly WorkId[];
  readonly backends: readonly BackendName[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  /** Tasks of a measured span. */
  readonly tasks: number;
  /** Tasks before each measured span, in the same processes. */
  readonly warmUpTasks: number;
  /** Tasks of one batch. */
  readonly batchSize: number;
  /** Batches in flight. */
  readonly bulkWidth: number;
  /** Unary calls in flight. */
  readonly callWidth: number;
  /** Tasks of W5, one at a time. */
  readonly latencyTasks: number;
  /** How long W5 keeps up its rate, in ms. */
  readonly openLoopMs: number;
  /** How many wait already, in W7. */
  readonly waiting: readonly number[];
  /** Tasks measured amid those that wait, in W7. */
  readonly growthTasks: number;
  /** How often W8 does as many tasks again. */
  readonly memoryLaps: number;
  /** How long W9 watches, in ms. */
  readonly idleMs: number;
  /** Tasks awaited at once in W10. */
  readonly awaited: number;
  /** How long W10 lets the awaits come in, in ms. */
  readonly parkMs: number;
  /** Slots of the worker of QTasks. */
  readonly slots: number;
  /** Concurrency of BullMQ's worker. Unset: the best of some, found before the first round. */
  readonly bullmqConcurrency: number | undefined;
  /** Everything once, with small counts. */
  readonly quick: boolean;
  readonly output: "table" | "json";
  /** Where the JSON goes. */
  readonly file: string | undefined;
  /** A file with results to print and write again, instead of measuring. */
  readonly from: string | undefined;
  /** Folder to write `benchmarks.md` into. */
  readonly docs: string | undefined;
}

const QUICK = {
  rounds: 1,
  tasks: 2_000,
  warmUpTasks: 500,
  latencyTasks: 200,
  openLoopMs: 300,
  waiting: [1_000, 5_000],
  growthTasks: 500,
  memoryLaps: 3,
  idleMs: 1_000,
  awaited: 500,
  parkMs: 500,
  bullmqConcurrency: 250,
};

const FULL = {
  rounds: 5,
  tasks: 100_000,
  warmUpTasks: 20_000,
  latencyTasks: 5_000,
  openLoopMs: 5_000,
  waiting: [10_000, 100_000, 1_000_000],
  growthTasks: 10_000,
  memoryLaps: 10,
  idleMs: 20_000,
  awaited: 10_000,
  parkMs: 3_000,
  bullmqConcurrency: undefined,
};

/** Reads the arguments; prints help or what is wrong, and ends the process then. */
export function readOptions(args: readonly string[]): BenchOptions {
  const command = new Command("npm run bench --")
    .description("Measures QTasks beside its peers, in rounds that take turns.")
    .option("--works <list>", `of ${WORK_IDS.join(", ")} (default: all)`, listOf(WORK_IDS))
    .option("--backends <list>", `of ${BACKENDS.join(", ")} (default: all)`, listOf(BACKENDS))
    .option(
      "--peers <list>",
      `of ${PEERS.join(", ")}, or none (default: all; with --quick bullmq)`,
      peers,
    )
    .option("--rounds <n>", `default: ${FULL.rounds}`, count)
    .option("--tasks <n>", `tasks of a measured span (default: ${FULL.tasks})`, count)
    .option("--slots <n>", "slots of the worker (default: 500)", count)
    .option(
      "--bullmq-concurrency <n>",
      "of BullMQ's worker (default: the best of 100, 250 and 500)",
      count,
    )
    .option("--quick", "everything once with small counts: shows that it works, not how fast")
    .option(
      "--waiting <list>",
      `how many wait in W7; 10000000 where memory permits (default: ${FULL.waiting.join(",")})`,
      counts,
    )
    .option("--file <path>", "where the JSON goes (default: a new file in tmp/bench)")
    .option("--from <path>", "measure nothing: print, and write, the results of an earlier run")
    .option("--docs [folder]", "write benchmarks.md with its plots (default folder: docs)")
    .addOption(
      new Option("--output <format>", "table for people, json for programs")
        .choices(["table", "json"])
        .default("table"),
    );
  const given = command.parse(args, { from: "user" }).opts<Partial<BenchOptions>>();
  const sizes = given.quick === true ? QUICK : FULL;
  const tasks = given.tasks ?? sizes.tasks;
  return {
    ...sizes,
    works: given.works ?? WORK_IDS,
    backends: given.backends ?? BACKENDS,
    // Those in other languages are installed first, which takes its time.
    peers: given.peers ?? (given.quick === true ? ["bullmq"] : PEERS),
    rounds: given.rounds ?? sizes.rounds,
    tasks,
    warmUpTasks: Math.min(sizes.warmUpTasks, tasks),
    waiting: given.waiting ?? sizes.waiting,
    batchSize: 1_000,
    bulkWidth: 4,
    callWidth: 128,
    slots: given.slots ?? 500,
    bullmqConcurrency: given.bullmqConcurrency ?? sizes.bullmqConcurrency,
    quick: given.quick ?? false,
    output: given.output ?? "table",
    file: given.file,
    from: given.from,
    docs: docsFolder(given.docs),
  };
}

function docsFolder(given: unknown): string | undefined {
  if (given === true) return "docs";
  return typeof given === "string" ? given : undefined;
}

function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("expected a whole number from 1.");
}

function counts(text: string): number[] {
  return text.split(",").map((part) => count(part.trim()));
}

function peers(text: string): PeerName[] {
  return text === "none" ? [] : listOf(PEERS)(text);
}

function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) => {
    const names = text.split(",").map((name) => known.find((one) => matches(one, name)));
    if (names.every((name) => name !== undefined)) return names;
    throw new InvalidArgumentError(`expected some of ${known.join(", ")}, separated by commas.`);
  };
}

function matches(known: string, given: string): boolean {
  return known.toLowerCase() === given.trim().toLowerCase();
}
