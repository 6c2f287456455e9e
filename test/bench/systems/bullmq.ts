/** BullMQ: a Queue in one process, a Worker in another, and their Redis. */
import { join } from "node:path";
import { tally, type Tally } from "../measure/tally.ts";
import type { Part } from "../measure/process-meter.ts";
import { Agent } from "../processes/agent.ts";
import type { BullmqLoad } from "../processes/bullmq-load.ts";
import type { BullmqWorker } from "../processes/bullmq-worker.ts";
import { REDIS_DURABILITY, startBenchRedis, type BenchRedis } from "./bench-redis.ts";
import type { Bulk, RunningSystem, System } from "./system.ts";

const LOAD = join(import.meta.dirname, "../processes/bullmq-load.ts");
const WORKER = join(import.meta.dirname, "../processes/bullmq-worker.ts");
const QUEUE_NAME = "bench";

export interface BullmqOptions {
  /** Jobs that the worker processes at once. */
  readonly concurrency: number;
}

export function bullmq({ concurrency }: BullmqOptions): System {
  return { name: "bullmq", durability: REDIS_DURABILITY, start: () => start(concurrency) };
}

async function start(concurrency: number): Promise<RunningSystem> {
  const redis = await startBenchRedis();
  const load = new Agent<BullmqLoad>({ args: [LOAD] });
  const worker = new Agent<BullmqWorker>({ args: [WORKER] });
  const running = new RunningBullmq({ redis, load, worker, concurrency });
  await load.call("connect", { port: redis.port, queueName: QUEUE_NAME });
  await running.release();
  return running;
}

interface Pieces {
  readonly redis: BenchRedis;
  readonly load: Agent<BullmqLoad>;
  readonly worker: Agent<BullmqWorker>;
  readonly concurrency: number;
}

class RunningBullmq implements RunningSystem {
  readonly parts: readonly Part[];
  readonly #pieces: Pieces;
  #ids: string[] = [];
  #isPrepared = false;

  constructor(pieces: Pieces) {
    const { redis, load, worker } = pieces;
    this.#pieces = pieces;
    this.parts = [
      { role: "load", pid: load.pid },
      { role: "worker", pid: worker.pid },
      { role: "redis", pid: redis.pid },
    ];
  }

  /** The workers end, and new ones are made and connected that do not run yet: what they save is no part of a measure. */
  async hold(): Promise<void> {
    await this.#pieces.worker.call("close", {});
    await this.#prepare();
  }

  async release(): Promise<void> {
    if (!this.#isPrepared) await this.#prepare();
    await this.#pieces.worker.call("run", {});
    this.#isPrepared = false;
  }

  enqueueBulk(bulk: Bulk): Promise<number> {
    return this.#pieces.load.call("enqueueBulk", bulk);
  }

  enqueueOneByOne(options: { readonly count: number; readonly width: number }): Promise<number> {
    return this.#pieces.load.call("enqueueOneByOne", options);
  }

  runClosed(options: { readonly count: number }) {
    return this.#pieces.load.call("runClosed", options);
  }

  runOpen(options: { readonly count: number; readonly perSecond: number }) {
    return this.#pieces.load.call("runOpen", options);
  }

  async awaitEach() {
    return this.#pieces.load.call("awaitEach", { ids: await this.#acknowledged() });
  }

  /** Its worker tells of a job's completion when that is recorded. */
  untilRecorded(count: number): Promise<number> {
    return this.#pieces.worker.call("reaches", { count });
  }

  async tally(): Promise<Tally> {
    const { load, worker } = this.#pieces;
    const acknowledged = await this.#acknowledged();
    const [handled, outcomes] = await Promise.all([
      worker.call("handled", {}),
      load.call("outcomes", { ids: acknowledged }),
    ]);
    this.#ids = [];
    return tally({ acknowledged, handled, outcomes });
  }

  dataBytes(): Promise<number> {
    return this.#pieces.redis.usedBytes();
  }

  commandCount(): Promise<number> {
    return this.#pieces.redis.commandCount();
  }

  watchCommands(): Promise<() => number> {
    return this.#pieces.redis.watchCommands();
  }

  async addIdleWorkers(count: number): Promise<void> {
    await this.#pieces.worker.call("addIdle", { count });
  }

  async stop(): Promise<void> {
    const { redis, load, worker } = this.#pieces;
    await load.stop();
    await worker.stop();
    await redis.stop();
  }

  async #prepare(): Promise<void> {
    const { worker, redis, concurrency } = this.#pieces;
    const { port } = redis;
    await worker.call("prepare", { port, queueName: QUEUE_NAME, concurrency });
    this.#isPrepared = true;
  }

  async #acknowledged(): Promise<string[]> {
    this.#ids = this.#ids.concat(await this.#pieces.load.call("acknowledged", {}));
    return this.#ids;
  }
}

/** What is tried by {@link bestConcurrency}. */
const CANDIDATES = [100, 250, 500];

/** The concurrency with which a worker drains the most tasks a second, on this machine and now. */
export async function bestConcurrency(count: number, warmUp: number): Promise<number> {
  let best = { concurrency: CANDIDATES[0]!, elapsedMs: Infinity };
  for (const concurrency of CANDIDATES) {
    const elapsedMs = await drainMs(concurrency, count, warmUp);
    if (elapsedMs < best.elapsedMs) best = { concurrency, elapsedMs };
  }
  return best.concurrency;
}

async function drainMs(concurrency: number, count: number, warmUp: number): Promise<number> {
  const running = await start(concurrency);
  try {
    await running.enqueueBulk({ count: warmUp, size: 1_000, width: 4 });
    await running.untilRecorded(warmUp);
    await running.tally();
    await running.hold();
    await running.enqueueBulk({ count, size: 1_000, width: 4 });
    const startedAt = performance.now();
    await running.release();
    await running.untilRecorded(count);
    return performance.now() - startedAt;
  } finally {
    await running.stop();
  }
}
