/** What a test app is made with. */
import type { QueueTasks } from "../../app.ts";
import type { Timings } from "../../core/limits.ts";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import { TestClock } from "./test-clock.ts";

/** All optional. */
export interface TestAppOptions {
  /**
   * The app whose tasks are tested, as the program has it. Its backend is replaced by one in memory while the test app
   * runs; nothing listens. @default a new one without tasks, which logs nothing
   */
  readonly app?: QueueTasks | undefined;
  /**
   * Whether tasks are run as they come. False: they are kept as they were enqueued, until `runEnqueued`.
   * @default true
   */
  readonly worker?: boolean | undefined;
  /** Several apps may share one. @default a new one, at the machine's time */
  readonly clock?: TestClock | undefined;
  /**
   * A handler that still runs after so many ms of real time is taken to wait for the clock, which then moves on
   * without it; 0 or more. Handlers that end sooner, or sleep by the clock, are waited for no longer than they need.
   * @default 200
   */
  readonly patienceMs?: number | undefined;
  /** Of the protocol. @default such that the clock has few steps: heartbeats and sweeps each 10 min */
  readonly timings?: Partial<Timings> | undefined;
}

const OPTIONS: NamesOf<TestAppOptions> = {
  app: true,
  worker: true,
  clock: true,
  patienceMs: true,
  timings: true,
};

const MINUTE_MS = 60_000;

/** Heartbeats, sweeps and signs of life are steps of the clock like all others: the fewer, the faster it moves. */
const CALM_TIMINGS: Partial<Timings> = {
  heartbeatIntervalMs: 10 * MINUTE_MS,
  deliveryTimeoutMs: 30 * MINUTE_MS,
  leaseMs: 40 * MINUTE_MS,
  sessionTtlMs: 60 * MINUTE_MS,
  sweepIntervalMs: 10 * MINUTE_MS,
};

/** @internal Complete options. */
export interface ResolvedTestAppOptions {
  readonly worker: boolean;
  readonly clock: TestClock;
  readonly patienceMs: number;
  readonly timings: Partial<Timings>;
}

/** @internal CONFIG_INVALID names what is wrong. */
export function resolveTestAppOptions(options: TestAppOptions): ResolvedTestAppOptions {
  checkConfigOptions("test app", options, OPTIONS);
  const { worker = true, clock = new TestClock(), patienceMs = 200, timings } = options;
  if (!(patienceMs >= 0)) throw invalid(`patienceMs must be 0 or more; got ${patienceMs}`);
  return { worker, clock, patienceMs, timings: { ...CALM_TIMINGS, ...timings } };
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `test app: ${message}`);
}
