/** The `bench` of clients/conformance. */
import { connect, type EnqueueItem } from "../node/index.ts";
import { address, wholeNumber } from "./settings.ts";
import { newWorker } from "./worker.ts";

const BATCH = 500;
/** So many batches are under way, so that one is made while the server works on another. */
const SENDERS = 4;
const DEFAULT_SLOTS = 1_000;

/** Measures enqueues with no worker up, then a worker from its start to the last recorded outcome. */
export async function bench(countText: string): Promise<object> {
  const count = wholeNumber("bench", countText);
  const worker = newWorker(DEFAULT_SLOTS);
  const all = Promise.withResolvers<void>();
  let seen = 0;
  worker.task("conformance.bench", () => {
    if (++seen === count) all.resolve();
    return null;
  });
  await worker.define();
  const enqueuesPerSecond = await perSecond(count, () => enqueueAll(count));
  const tasksPerSecond = await perSecond(count, async () => {
    await worker.start();
    await all.promise;
    // Ends once the outcomes are recorded.
    await worker.stop();
  });
  return {
    batch: BATCH,
    enqueue_per_second: enqueuesPerSecond,
    tasks_per_second: tasksPerSecond,
  };
}

async function enqueueAll(count: number): Promise<void> {
  using client = connect({ address: address() });
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < count) {
      const from = next;
      next = Math.min(count, from + BATCH);
      for (const result of await client.enqueueMany(items(from, next)))
        if (!result.ok) throw result.error;
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
}

function* items(from: number, to: number): Generator<EnqueueItem> {
  for (let input = from; input < to; input++) yield { name: "conformance.bench", input };
}

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return Math.round((count / (performance.now() - startedAt)) * 1_000);
}
