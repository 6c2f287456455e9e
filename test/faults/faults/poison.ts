/** A task that kills each worker that receives it, until it comes to its end. */
import { POISON } from "../programs/tasks.ts";
import type { Fault } from "./fault.ts";

const END_MS = 120_000;

export const poison: Fault = {
  name: "poison",
  plan({ site, random, client }) {
    const afterMs = random.whole(0, 100);
    return {
      target: "the workers",
      affects: ["worker"],
      touches: site.workers.map(({ name }) => name),
      lastsMs: 0,
      // It lasts until the task has ended: only then is nothing broken any more.
      begin: async () => {
        const options = { queue: "poison", retry: { maxAttempts: 1, maxLostLeases: 1 } };
        const { id } = await client.enqueue(POISON, { afterMs }, options);
        await client.await(id, { timeoutMs: END_MS });
      },
      mend: async () => {
        await Promise.all(site.workers.map((worker) => worker.start()));
      },
    };
  },
};
