/** What a pool of threads is made with. */
import { MAX_TIMER_MS } from "../../core/max-timer.ts";
import { availableParallelism } from "node:os";
import type { ResourceLimits } from "node:worker_threads";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";

/** All optional. */
export interface ThreadsOptions {
  /** Threads at most, 1 to 1,000; each runs one handler at a time. @default os.availableParallelism() */
  readonly maxThreads?: number | undefined;
  /** Threads that are kept while there is nothing to do, 0 to `maxThreads`. @default 0 */
  readonly minThreads?: number | undefined;
  /** How long the others are kept, in ms, 0 or more, or Infinity. @default 30,000 */
  readonly idleTimeoutMs?: number | undefined;
  /** How long a handler has to end once its signal has aborted, in ms, 0 or more; then its thread is ended. @default 500 */
  readonly abortGraceMs?: number | undefined;
  /** Limits of each thread, in MB: a handler that needs more memory ends its thread. @default V8's */
  readonly resourceLimits?: ResourceLimits | undefined;
  /** Flags of Node for the threads, such as `["--import", "tsx"]`. @default those of the process */
  readonly execArgv?: readonly string[] | undefined;
}

const OPTIONS: NamesOf<ThreadsOptions> = {
  maxThreads: true,
  minThreads: true,
  idleTimeoutMs: true,
  abortGraceMs: true,
  resourceLimits: true,
  execArgv: true,
};

const LIMITS: NamesOf<ResourceLimits> = {
  maxYoungGenerationSizeMb: true,
  maxOldGenerationSizeMb: true,
  codeRangeSizeMb: true,
  stackSizeMb: true,
};

type Optional = "resourceLimits" | "execArgv";

export type ResolvedThreadsOptions = {
  readonly [K in Exclude<keyof ThreadsOptions, Optional>]-?: NonNullable<ThreadsOptions[K]>;
} & Pick<ThreadsOptions, Optional>;

const MAX_THREADS = 1_000;
/** Every option with its value; CONFIG_INVALID names what is wrong. */
export function resolveThreadsOptions(options: ThreadsOptions): ResolvedThreadsOptions {
  checkConfigOptions("threads", options, OPTIONS);
  const { maxThreads = availableParallelism(), minThreads = 0 } = options;
  const { idleTimeoutMs = 30_000, abortGraceMs = 500, resourceLimits, execArgv } = options;
  checkWhole("maxThreads", maxThreads, 1, MAX_THREADS);
  checkWhole("minThreads", minThreads, 0, maxThreads);
  checkWhole("abortGraceMs", abortGraceMs, 0, MAX_TIMER_MS);
  if (idleTimeoutMs !== Infinity) checkWhole("idleTimeoutMs", idleTimeoutMs, 0, MAX_TIMER_MS);
  checkConfigOptions("threads: resourceLimits", resourceLimits ?? {}, LIMITS);
  for (const [name, value] of Object.entries(resourceLimits ?? {})) checkLimit(name, value);
  return Object.freeze({
    maxThreads,
    minThreads,
    idleTimeoutMs,
    abortGraceMs,
    resourceLimits,
    execArgv: execArgv ?? (process.execArgv.some(isOfEvalAlone) ? [] : undefined),
  });
}

/** Says what kind of code `-e` has: Node refuses to start a thread with it. */
function isOfEvalAlone(flag: string): boolean {
  return flag.startsWith("--input-type");
}

function checkWhole(name: string, value: unknown, min: number, max: number): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw invalid(name, `a whole number from ${min} to ${max}`, value);
}

function checkLimit(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "number" && value > 0)) return;
  throw invalid(`resourceLimits.${name}`, "a number of MB above 0", value);
}

function invalid(name: string, expected: string, value: unknown): QTasksError {
  return new QTasksError(
    "CONFIG_INVALID",
    `threads: ${name} must be ${expected}; got ${String(value)}`,
  );
}
