/** W10: many tasks are awaited at once, each by a call of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchOptions } from "../options.ts";
import type { RunningSystem } from "../systems/system.ts";
import { contestant, measure } from "./running.ts";
import type { Outcome, Work } from "./work.ts";

export const awaitMany: Work = {
  id: "W10",
  title: "await",
  describe: ({ awaited }) =>
    `${awaited} waiting tasks are awaited at once, by an AwaitTask call for each on one connection (BullMQ: ` +
    `waitUntilFinished), and then processed: from the moment that workers may take them to the last answer`,
  figures: {
    elapsedMs: "ms until all are answered",
    serviceCpuMs: "CPU ms of the service",
    commandsPerTask: "Redis commands per task",
  },
  maxRounds: 3,
  contestants: ({ options, systems }) =>
    systems.map((system) => contestant(system, options, (running) => awaitAll(running, options))),
};

async function awaitAll(running: RunningSystem, options: BenchOptions): Promise<Outcome> {
  const { awaited: count, batchSize: size, bulkWidth: width, parkMs } = options;
  await running.hold();
  await running.enqueueBulk({ count, size, width });
  const before = await running.commandCount();
  const { costs, result } = await measure(running, async () => {
    const answers = running.awaitEach();
    // Nothing tells when the last call has been parked.
    await sleep(parkMs);
    const releasedAt = performance.now();
    await running.release();
    const { failed } = await answers;
    return { failed, elapsedMs: performance.now() - releasedAt };
  });
  const after = await running.commandCount();
  await running.untilRecorded(count);
  const { tasks, lost, doubled } = await running.tally();
  const service = costs.filter(({ role }) => role === "server" || role === "worker");
  const values = {
    elapsedMs: result.elapsedMs,
    serviceCpuMs: service.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    ...(before === undefined || after === undefined
      ? {}
      : { commandsPerTask: (after - before) / count }),
  };
  // An await that ended without the result has missed it.
  return { values, costs, tasks, lost: lost + result.failed, doubled };
}
