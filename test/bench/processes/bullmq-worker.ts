/** A BullMQ worker whose processor does nothing but note the ids that it was called with. */
import { Worker } from "bullmq";
import { serveCallsOnly } from "./serve-calls.ts";
import { Handled, RESULT } from "./work-items.ts";

interface Setting {
  readonly port: number;
  readonly queueName: string;
  /** Jobs that it processes at once. */
  readonly concurrency: number;
}

const handled = new Handled();
const recorded = new Handled();
let setting: Setting | undefined;
let workers: Worker[] = [];

const functions = {
  /** Connects, ready to run. */
  async prepare(given: Setting): Promise<void> {
    setting = given;
    workers = [await connectWorker(given)];
  },

  run(): void {
    for (const worker of workers) run(worker);
  },

  /** Runs so many more. */
  async addIdle({ count }: { count: number }): Promise<void> {
    for (let at = 0; at < count; at++) {
      const worker = await connectWorker(setting!);
      workers.push(worker);
      run(worker);
    }
  },

  /** Ends the workers; {@link prepare} makes new ones. */
  async close(): Promise<void> {
    await Promise.all(workers.map((worker) => worker.close()));
    workers = [];
  },

  /** Resolves when so many jobs are recorded as completed, with how many are. */
  reaches: ({ count }: { count: number }) => recorded.reaches(count),

  handled(): string[] {
    recorded.take();
    return handled.take();
  },
};

/** What the benchmark can ask the worker's process. */
export type BullmqWorker = typeof functions;

serveCallsOnly(functions);

async function connectWorker({ port, queueName, concurrency }: Setting): Promise<Worker> {
  const connection = { host: "127.0.0.1", port };
  const worker = new Worker(queueName, handle, { connection, concurrency, autorun: false });
  worker.on("completed", ({ id }) => recorded.add(id!));
  worker.on("error", warn);
  await worker.waitUntilReady();
  return worker;
}

function run(worker: Worker): void {
  worker.run().catch(warn);
}

function warn(error: unknown): void {
  process.stderr.write(`${String(error)}\n`);
}

async function handle({ id }: { id?: string | undefined }): Promise<string> {
  handled.add(id!);
  return RESULT;
}
