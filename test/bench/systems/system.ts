/** What is measured: a way to run tasks, with processes and data of its own. The works are written against this. */
import type { Latencies } from "../processes/latencies.ts";
import type { WorkId } from "../works/work-ids.ts";
import type { Part } from "../measure/process-meter.ts";
import type { Tally } from "../measure/tally.ts";

/** A system that can be started. */
export interface System {
  /** As results name it: `redis`, `sqlite`, `memory`, `bullmq`. */
  readonly name: string;
  /** When an acknowledged task would survive a crash, for people. */
  readonly durability: string;
  /** The only works that it is measured at. @default all */
  readonly works?: readonly WorkId[];
  /** What share of the tasks of others it gets, so that it takes about as long as they do. @default 1 */
  readonly share?: number;
  start(): Promise<RunningSystem>;
}

/** Bulk enqueues: `width` calls at a time of `size` items each. */
export interface Bulk {
  readonly count: number;
  readonly size: number;
  readonly width: number;
}

/** A system with fresh data. Times are in ms and are taken by its load process unless said. */
export interface RunningSystem {
  readonly parts: readonly Part[];
  /** Nothing is handed out until {@link release}; handlers are not started again. */
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Settles when all are acknowledged, with the time that took. */
  enqueueBulk(bulk: Bulk): Promise<number>;
  /** As {@link enqueueBulk}, by one call for each task. */
  enqueueOneByOne(options: { readonly count: number; readonly width: number }): Promise<number>;
  runClosed(options: { readonly count: number }): Promise<Latencies>;
  runOpen(options: { readonly count: number; readonly perSecond: number }): Promise<Latencies>;
  /** Awaits all that is acknowledged since the last {@link tally} by a call for each, at once. */
  awaitEach(): Promise<{ readonly elapsedMs: number; readonly failed: number }>;
  /**
   * Settles when so many outcomes are recorded since the last {@link tally}, or more, or when they are fewer and
   * become no more; with how many there are.
   */
  untilRecorded(count: number): Promise<number>;
  /** Compares what was acknowledged since the last time with what was handled and recorded. All must have ended. */
  tally(): Promise<Tally>;
  /** Bytes that its data takes: in Redis, or on disk. Undefined where it has neither. */
  dataBytes(): Promise<number | undefined>;
  /** Commands that its Redis was sent so far, those inside scripts included. Undefined where it has none. */
  commandCount(): Promise<number | undefined>;
  /**
   * Counts the commands that its Redis is sent from now on, without those inside scripts; the function that it
   * returns ends that. Costs Redis something for each command. Undefined where it has no Redis.
   */
  watchCommands(): Promise<(() => number) | undefined>;
  /** Starts workers beside its own, which find nothing to do. */
  addIdleWorkers(count: number): Promise<void>;
  stop(): Promise<void>;
}
