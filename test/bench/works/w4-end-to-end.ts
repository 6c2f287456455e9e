/** W4: tasks are enqueued and processed at once. */
import { contestant, measure, perSecond } from "./running.ts";
import type { Work } from "./work.ts";

export const endToEnd: Work = {
  id: "W4",
  title: "end to end",
  describe: ({ tasks, batchSize, bulkWidth }) =>
    `${tasks} tasks enqueued in batches of ${batchSize}, ${bulkWidth} in flight, while a worker processes them, until ` +
    `all outcomes are recorded; peers in other languages get a twentieth of the tasks, and enqueue one by one`,
  figures: { tasksPerSecond: "tasks/s" },
  contestants: ({ options, systems }) =>
    systems.map((system) =>
      contestant(system, options, async (running, own) => {
        const { tasks: count, batchSize: size, bulkWidth: width } = own;
        const { costs, elapsedMs } = await measure(running, () =>
          Promise.all([running.enqueueBulk({ count, size, width }), running.untilRecorded(count)]),
        );
        const values = { tasksPerSecond: perSecond(count, elapsedMs) };
        return { values, costs, ...(await running.tally()) };
      }),
    ),
};
