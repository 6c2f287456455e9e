/** Steps that works have in common. */
import { meter } from "../measure/process-meter.ts";
import type { Cost } from "../measure/process-meter.ts";
import type { BenchOptions } from "../options.ts";
import type { RunningSystem, System } from "../systems/system.ts";
import type { Contestant, Outcome } from "./work.ts";

/** A contestant that starts a system, warms it up, does something with it and stops it. */
export function contestant(
  system: System,
  options: BenchOptions,
  body: (running: RunningSystem, options: BenchOptions) => Promise<Outcome>,
): Contestant {
  const own = scaled(options, system.share ?? 1);
  return {
    subject: system.name,
    durability: system.durability,
    async run() {
      const running = await system.start();
      try {
        await warmUp(running, own);
        return await body(running, own);
      } finally {
        await running.stop();
      }
    },
  };
}

function scaled(options: BenchOptions, share: number): BenchOptions {
  const part = (count: number): number => Math.ceil(count * share);
  return {
    ...options,
    tasks: part(options.tasks),
    warmUpTasks: part(options.warmUpTasks),
    latencyTasks: part(options.latencyTasks),
  };
}

/** Has the code compiled that is measured: tasks all the way through, by batches and one by one. */
async function warmUp(running: RunningSystem, options: BenchOptions): Promise<void> {
  const { warmUpTasks: count, batchSize: size, bulkWidth: width, callWidth } = options;
  await running.enqueueBulk({ count, size, width });
  await running.untilRecorded(count);
  await running.tally();
  const few = Math.ceil(count / 10);
  await running.enqueueOneByOne({ count: few, width: callWidth });
  await running.untilRecorded(few);
  await running.tally();
}

/** How long something took, in ms, and what it cost each process. */
export async function measure<T>(
  running: Pick<RunningSystem, "parts">,
  body: () => Promise<T>,
): Promise<{ readonly elapsedMs: number; readonly costs: Cost[]; readonly result: T }> {
  const costs = meter(running.parts);
  const startedAt = performance.now();
  const result = await body();
  return { elapsedMs: performance.now() - startedAt, costs: costs(), result };
}

/** So many a second. */
export function perSecond(count: number, elapsedMs: number): number {
  return (count * 1000) / elapsedMs;
}
