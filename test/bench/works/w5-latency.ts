/** W5: from the call to the result in the caller's hand. */
import { quantile } from "../measure/statistics.ts";
import type { BenchOptions } from "../options.ts";
import type { Latencies } from "../processes/latencies.ts";
import type { RunningSystem, System } from "../systems/system.ts";
import { contestant, measure, perSecond } from "./running.ts";
import type { Outcome, Work, WorkContext } from "./work.ts";

/** Of the rate that BullMQ reaches in W4. */
const SHARE = 0.5;
/** Where W4 was not measured in the same run, in tasks a second. */
const DEFAULT_RATE = 4_000;

export const latency: Work = {
  id: "W5",
  title: "latency",
  describe: ({ latencyTasks, openLoopMs }) =>
    `closed: ${latencyTasks} tasks, one at a time on an idle system, from the call to the result; open: for ` +
    `${openLoopMs / 1000} s at half of the rate of BullMQ's W4, alike for all, from the time at which a task was ` +
    `meant to be enqueued; through the client that users have, in a process of its own; peers in other languages get a twentieth of the tasks, ` +
    `in a closed loop only`,
  figures: { p50Ms: "p50 ms", p99Ms: "p99 ms", runsPerSecond: "runs/s" },
  contestants(context) {
    const { options, systems } = context;
    return [
      ...systems.map((system) => ({
        ...contestant(system, options, closedLoop),
        variant: "closed",
      })),
      ...systems.filter(isFast).map((system) => ({
        ...contestant(system, options, (running) => openLoop(running, context)),
        variant: "open",
      })),
    ];
  },
};

/** The others can't keep up the rate. */
function isFast({ share = 1 }: System): boolean {
  return share === 1;
}

async function closedLoop(running: RunningSystem, options: BenchOptions): Promise<Outcome> {
  const { latencyTasks: count } = options;
  await running.runClosed({ count: Math.ceil(count / 10) });
  await running.tally();
  const { costs, result } = await measure(running, () => running.runClosed({ count }));
  return { values: valuesOf(result), costs, ...(await running.tally()) };
}

async function openLoop(running: RunningSystem, context: WorkContext): Promise<Outcome> {
  const measured = context.medianOf("W4", "bullmq", "tasksPerSecond");
  const rate = Math.round(measured === undefined ? DEFAULT_RATE : measured * SHARE);
  const count = Math.ceil((rate * context.options.openLoopMs) / 1000);
  await running.runOpen({ count: Math.ceil(count / 10), perSecond: rate });
  await running.tally();
  const { costs, result } = await measure(running, () =>
    running.runOpen({ count, perSecond: rate }),
  );
  return { values: valuesOf(result), costs, ...(await running.tally()) };
}

function valuesOf({ timesMs, elapsedMs, peakInFlight }: Latencies): Record<string, number> {
  return {
    p50Ms: quantile(timesMs, 0.5),
    p90Ms: quantile(timesMs, 0.9),
    p99Ms: quantile(timesMs, 0.99),
    maxMs: quantile(timesMs, 1),
    runsPerSecond: perSecond(timesMs.length, elapsedMs),
    peakInFlight,
  };
}
