/** W2: batches of 1,000, where nobody takes them yet. */
import { contestant, measure, perSecond } from "./running.ts";
import type { Work } from "./work.ts";

export const enqueueBatch: Work = {
  id: "W2",
  title: "enqueue in batches",
  describe: ({ tasks, batchSize, bulkWidth }) =>
    `${tasks} tasks by BatchEnqueueTasks of ${batchSize}, ${bulkWidth} calls in flight, made and encoded by the load ` +
    `process meanwhile, each acknowledged, closed loop; BullMQ: addBulk of as many`,
  figures: { tasksPerSecond: "tasks/s" },
  contestants: ({ options, systems }) =>
    systems.map((system) =>
      contestant(system, options, async (running, own) => {
        const { tasks: count, batchSize: size, bulkWidth: width } = own;
        await running.hold();
        const { costs, result: elapsedMs } = await measure(running, () =>
          running.enqueueBulk({ count, size, width }),
        );
        await running.release();
        await running.untilRecorded(count);
        const values = { tasksPerSecond: perSecond(count, elapsedMs) };
        return { values, costs, ...(await running.tally()) };
      }),
    ),
};
