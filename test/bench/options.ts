/** The command line of the benchmark. */
import { Command, InvalidArgumentError, Option } from "commander";
import { BACKENDS, type BackendName } from "./systems/qtasks.ts";
import { WORK_IDS, type WorkId } from "./works/work.ts";

/** Systems that are measured beside QTasks. */
export const PEERS = ["bullmq"] as const;
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
  /** Slots of the worker of QTasks. */
  readonly slots: number;
  /** Concurrency of BullMQ's worker. */
  readonly bullmqConcurrency: number;
  /** Everything once, with small counts. */
  readonly quick: boolean;
  /** Beyond a million waiting tasks, for which memory may not do. */
  readonly huge: boolean;
  readonly output: "table" | "json";
  /** Where the JSON goes. */
  readonly file: string | undefined;
  /** Folder to write `benchmarks.md` into. */
  readonly docs: string | undefined;
}

const QUICK = { rounds: 1, tasks: 2_000, warmUpTasks: 500 } as const;
const FULL = { rounds: 5, tasks: 100_000, warmUpTasks: 20_000 } as const;

/** Reads the arguments; prints help or what is wrong, and ends the process then. */
export function readOptions(args: readonly string[]): BenchOptions {
  const command = new Command("npm run bench --")
    .description("Measures QTasks beside its peers, in rounds that take turns.")
    .option("--works <list>", `of ${WORK_IDS.join(", ")} (default: all)`, listOf(WORK_IDS))
    .option("--backends <list>", `of ${BACKENDS.join(", ")} (default: all)`, listOf(BACKENDS))
    .option("--peers <list>", `of ${PEERS.join(", ")}, or none (default: all)`, peers)
    .option("--rounds <n>", `default: ${FULL.rounds}`, count)
    .option("--tasks <n>", `tasks of a measured span (default: ${FULL.tasks})`, count)
    .option("--slots <n>", "slots of the worker (default: 500)", count)
    .option("--bullmq-concurrency <n>", "of BullMQ's worker (default: 250)", count)
    .option("--quick", "everything once with small counts: shows that it works, not how fast")
    .option("--huge", "W7 also with ten million waiting tasks")
    .option("--file <path>", "where the JSON goes (default: a new file in tmp/bench)")
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
    works: given.works ?? WORK_IDS,
    backends: given.backends ?? BACKENDS,
    peers: given.peers ?? PEERS,
    rounds: given.rounds ?? sizes.rounds,
    tasks,
    warmUpTasks: Math.min(sizes.warmUpTasks, tasks),
    batchSize: 1_000,
    bulkWidth: 4,
    callWidth: 128,
    slots: given.slots ?? 500,
    bullmqConcurrency: given.bullmqConcurrency ?? 250,
    quick: given.quick ?? false,
    huge: given.huge ?? false,
    output: given.output ?? "table",
    file: given.file,
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
