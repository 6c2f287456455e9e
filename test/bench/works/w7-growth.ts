/** W7: whether a task costs more when many others wait. */
import type { Cost } from "../measure/process-meter.ts";
import type { BenchOptions } from "../options.ts";
import type { RunningSystem } from "../systems/system.ts";
import { contestant, measure } from "./running.ts";
import type { Outcome, Work } from "./work.ts";

const MICROS_PER_MS = 1000;

export const growth: Work = {
  id: "W7",
  title: "growth",
  describe: ({ waiting, growthTasks, callWidth }) =>
    `${waiting.join(", ")} tasks wait already; then ${growthTasks} EnqueueTask calls, ${callWidth} in flight, and the ` +
    `first ${growthTasks} of all that wait are processed; CPU time of server and Redis for each task. All that waited ` +
    `is processed and checked in the end`,
  figures: { enqueueCpuMicros: "CPU µs to enqueue", drainCpuMicros: "CPU µs to process" },
  baseline: "first variant",
  maxRounds: 3,
  contestants: ({ options, systems }) =>
    systems
      .filter(({ name }) => name !== "bullmq")
      .flatMap((system) =>
        options.waiting.map((waiting) => ({
          ...contestant(system, options, (running) => amidWaiting(running, options, waiting)),
          variant: String(waiting),
        })),
      ),
};

async function amidWaiting(
  running: RunningSystem,
  options: BenchOptions,
  waiting: number,
): Promise<Outcome> {
  const { growthTasks: count, batchSize: size, bulkWidth, callWidth } = options;
  await running.hold();
  await running.enqueueBulk({ count: waiting, size, width: bulkWidth });
  const enqueue = await measure(running, () =>
    running.enqueueOneByOne({ count, width: callWidth }),
  );
  const drain = await measure(running, async () => {
    await running.release();
    // A few more are done by the time that this is known.
    return running.untilRecorded(count);
  });
  await running.untilRecorded(waiting + count);
  const values = {
    enqueueCpuMicros: serviceMicros(enqueue.costs) / count,
    drainCpuMicros: serviceMicros(drain.costs) / drain.result,
  };
  const { costs, result: measuredTasks } = drain;
  return { values, costs, measuredTasks, ...(await running.tally()) };
}

/** All but the load. */
function serviceMicros(costs: readonly Cost[]): number {
  const service = costs.filter(({ role }) => role !== "load");
  return service.reduce((sum, { cpuMs }) => sum + cpuMs * MICROS_PER_MS, 0);
}
