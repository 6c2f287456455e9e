/** The program that adds jobs to BullMQ and awaits them, in a process of its own. */
import { Job, Queue, QueueEvents } from "bullmq";
import { Redis } from "ioredis";
import type { Outcome } from "../measure/tally.ts";
import { batches, inFlight } from "./in-flight.ts";
import { closedLoop, openLoop } from "./latencies.ts";
import { serveCallsOnly } from "./serve-calls.ts";
import { INPUT, RESULT, TASK } from "./work-items.ts";

const READ_BATCH = 1_000;

interface Target {
  readonly queue: Queue;
  readonly redis: Redis;
  /** Opened by who awaits a job: listening costs this process and Redis something for each job. */
  readonly events: () => Promise<QueueEvents>;
}

let target: Target | undefined;
let acknowledged: string[] = [];

const functions = {
  async connect({ port, queueName }: { port: number; queueName: string }): Promise<void> {
    const connection = { host: "127.0.0.1", port };
    const queue = new Queue(queueName, { connection });
    await queue.waitUntilReady();
    let opening: Promise<QueueEvents> | undefined;
    const events = () => (opening ??= openEvents(port, queueName));
    target = { queue, events, redis: new Redis(port, "127.0.0.1") };
  },

  /** addBulk of `size`, `width` at a time. Returns how long it took, in ms. */
  async enqueueBulk({ count, size, width }: { count: number; size: number; width: number }) {
    const { queue } = connected();
    const sizes = batches(count, size);
    return inFlight(sizes.length, width, async (index) => {
      const items = Array.from({ length: sizes[index]! }, () => ({ name: TASK, data: INPUT }));
      note(await queue.addBulk(items));
    });
  },

  /** `add`, `width` at a time. */
  async enqueueOneByOne({ count, width }: { count: number; width: number }) {
    const { queue } = connected();
    return inFlight(count, width, async () => note([await queue.add(TASK, INPUT)]));
  },

  runClosed: async ({ count }: { count: number }) => closedLoop(count, await runner()),

  runOpen: async ({ count, perSecond }: { count: number; perSecond: number }) =>
    openLoop(count, perSecond, await runner()),

  /** Awaits jobs by waitUntilFinished, all at once. */
  async awaitEach({ ids }: { ids: readonly string[] }) {
    const { queue, events: open } = connected();
    const events = await open();
    const jobs = await Promise.all(ids.map(async (id) => (await Job.fromId(queue, id))!));
    const startedAt = performance.now();
    const results: unknown[] = await Promise.all(jobs.map((job) => job.waitUntilFinished(events)));
    const failed = results.filter((result) => result !== RESULT).length;
    return { elapsedMs: performance.now() - startedAt, failed };
  },

  acknowledged(): string[] {
    const ids = acknowledged;
    acknowledged = [];
    return ids;
  },

  /** How many jobs are recorded as completed. */
  recorded: (): Promise<number> => connected().redis.zcard(connected().queue.keys["completed"]!),

  async outcomes({ ids }: { ids: readonly string[] }): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let at = 0; at < ids.length; at += READ_BATCH)
      outcomes.push(...(await read(ids.slice(at, at + READ_BATCH))));
    return outcomes;
  },
};

/** What the benchmark can ask the load's process. */
export type BullmqLoad = typeof functions;

serveCallsOnly(functions);

/** Adds a job and awaits its result. */
async function runner(): Promise<() => Promise<void>> {
  const { queue, events: open } = connected();
  const events = await open();
  return async () => {
    const job = await queue.add(TASK, INPUT);
    const result: unknown = await job.waitUntilFinished(events);
    if (result !== RESULT) throw new Error(`another result: ${JSON.stringify(result)}`);
    note([job]);
  };
}

async function openEvents(port: number, queueName: string): Promise<QueueEvents> {
  const events = new QueueEvents(queueName, { connection: { host: "127.0.0.1", port } });
  // Each await of a job listens; the default warns at eleven.
  events.setMaxListeners(0);
  await events.waitUntilReady();
  return events;
}

async function read(ids: readonly string[]): Promise<Outcome[]> {
  const { queue, redis } = connected();
  const pipeline = redis.pipeline();
  for (const id of ids) {
    pipeline.zscore(queue.keys["completed"]!, id);
    pipeline.hmget(queue.toKey(id), "returnvalue", "ats");
  }
  const replies = (await pipeline.exec()) ?? [];
  return ids.flatMap((id, index) => {
    const completedAt = replies[2 * index]?.[1];
    const [result, attempts] = (replies[2 * index + 1]?.[1] ?? []) as (string | null)[];
    if (completedAt == null) return [];
    return [{ id, attempts: Number(attempts), right: result === JSON.stringify(RESULT) }];
  });
}

function note(jobs: readonly Job[]): void {
  for (const { id } of jobs) acknowledged.push(id!);
}

function connected(): Target {
  if (target === undefined) throw new Error("connect first");
  return target;
}
