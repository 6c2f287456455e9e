/** W8: what a task takes where it is kept, and whether the server's memory grows with its work. */
import { rssBytes } from "../measure/process-meter.ts";
import type { BenchOptions } from "../options.ts";
import type { RunningSystem } from "../systems/system.ts";
import { contestant, measure } from "./running.ts";
import type { Outcome, Work } from "./work.ts";

/** Of the long run: until then what is filled only once is full. */
const SETTLED_AT = 0.5;

export const memory: Work = {
  id: "W8",
  title: "memory",
  describe: ({ tasks, memoryLaps }) =>
    `${tasks} tasks while they wait and when all have ended: growth of Redis's used_memory (without its buffers), or of ` +
    `the file and its log on disk; then ${memoryLaps} laps of as many tasks, end to end: resident memory of the server ` +
    `(BullMQ: the worker) after each, and its growth over the second half`,
  figures: {
    bytesPerWaiting: "bytes per waiting task",
    bytesPerFinished: "bytes per finished task",
    rssGrowthPercent: "RSS growth %",
  },
  maxRounds: 1,
  contestants: ({ options, systems }) =>
    systems.map((system) =>
      contestant(system, options, async (running) => weigh(running, options)),
    ),
};

async function weigh(running: RunningSystem, options: BenchOptions): Promise<Outcome> {
  const { tasks: count, batchSize: size, bulkWidth: width, memoryLaps } = options;
  await running.hold();
  const empty = await running.dataBytes();
  await running.enqueueBulk({ count, size, width });
  const waiting = await running.dataBytes();
  await running.release();
  await running.untilRecorded(count);
  let told = await running.tally();
  const finished = await running.dataBytes();
  const rss: number[] = [];
  const { costs } = await measure(running, async () => {
    for (let lap = 0; lap < memoryLaps; lap++) {
      await running.enqueueBulk({ count, size, width });
      await running.untilRecorded(count);
      const { tasks, lost, doubled } = await running.tally();
      told = {
        tasks: told.tasks + tasks,
        lost: told.lost + lost,
        doubled: told.doubled + doubled,
      };
      rss.push(rssBytes(serverPid(running)));
    }
  });
  const values = {
    ...perTask("bytesPerWaiting", empty, waiting, count),
    ...perTask("bytesPerFinished", empty, finished, count),
    rssGrowthPercent: growthPercent(rss),
  };
  const measuredTasks = memoryLaps * count;
  return { values, series: { rssBytes: rss }, costs, measuredTasks, ...told };
}

function perTask(
  name: string,
  before: number | undefined,
  after: number | undefined,
  count: number,
): Record<string, number> {
  if (before === undefined || after === undefined) return {};
  return { [name]: (after - before) / count };
}

/** From where it should have settled to the end. */
function growthPercent(rss: readonly number[]): number {
  const settled = rss[Math.floor(rss.length * SETTLED_AT)]!;
  return 100 * (rss.at(-1)! / settled - 1);
}

function serverPid({ parts }: RunningSystem): number {
  return parts.find(({ role }) => role === "server" || role === "worker")!.pid;
}
