/** A BullMQ worker whose processor does nothing but note the ids that it was called with. */
import { Worker } from "bullmq";
import { serveCallsOnly } from "./serve-calls.ts";
import { Handled, RESULT } from "./work-items.ts";

interface Setting {
  readonly port: number;
  readonly queueName: string;
  /** Jobs that it processes at once. */
  readonly concurrency: number;
  /** Workers of this process. @default 1 */
  readonly workers?: number;
}

const handled = new Handled();
const recorded = new Handled();
let workers: Worker[] = [];

const functions = {
  /** Connects, ready to run. */
  async prepare({ port, queueName, concurrency, workers: count = 1 }: Setting): Promise<void> {
    const options = { connection: { host: "127.0.0.1", port }, concurrency, autorun: false };
    workers = Array.from({ length: count }, () => new Worker(queueName, process_, options));
    for (const worker of workers) {
      worker.on("completed", ({ id }) => recorded.add(id!));
      worker.on("error", (error) => process.stderr.write(`${error.stack}\n`));
      await worker.waitUntilReady();
    }
  },

  run(): void {
    for (const worker of workers)
      worker.run().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
  },

  /** Ends the workers; {@link prepare} makes new ones. */
  async close(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.close()));
    workers = [];
  },

  /** Resolves when so many jobs are recorded as completed. */
  reaches: ({ count }: { count: number }) => recorded.reaches(count),

  handled(): string[] {
    recorded.take();
    return handled.take();
  },
};

/** What the benchmark can ask the worker's process. */
export type BullmqWorker = typeof functions;

serveCallsOnly(functions);

async function process_({ id }: { id?: string | undefined }): Promise<string> {
  handled.add(id!);
  return RESULT;
}
