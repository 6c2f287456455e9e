/** W3: tasks that wait are processed by one worker process. */
import { contestant, measure, perSecond } from "./running.ts";
import type { Work } from "./work.ts";

export const drain: Work = {
  id: "W3",
  title: "drain",
  describe: ({ tasks, slots, bullmqConcurrency }) =>
    `${tasks} waiting tasks until all outcomes are recorded: one server with its in-process worker of ${slots} slots; ` +
    `BullMQ: one Worker process, concurrency ${bullmqConcurrency}; peers in other languages get a twentieth of the tasks`,
  figures: { tasksPerSecond: "tasks/s" },
  contestants: ({ options, systems }) =>
    systems.map((system) =>
      contestant(system, options, async (running, own) => {
        const { tasks: count, batchSize: size, bulkWidth: width } = own;
        await running.hold();
        await running.enqueueBulk({ count, size, width });
        const { costs, elapsedMs } = await measure(running, async () => {
          await running.release();
          await running.untilRecorded(count);
        });
        const values = { tasksPerSecond: perSecond(count, elapsedMs) };
        return { values, costs, ...(await running.tally()) };
      }),
    ),
};
