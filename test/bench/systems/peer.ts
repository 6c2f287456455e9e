/** Peers in other languages: a program that enqueues, a worker, and their Redis. Measured at W3, W4 and part of W5. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "../../support/temp.ts";
import { HandledFiles } from "../measure/handled-files.ts";
import { processTree } from "../measure/process-tree.ts";
import type { Part } from "../measure/process-meter.ts";
import { tally, type Outcome, type Tally } from "../measure/tally.ts";
import { untilReached } from "../measure/until-reached.ts";
import { LineAgent, startProgram, type Program } from "../processes/line-agent.ts";
import type { Latencies } from "../processes/latencies.ts";
import { REDIS_DURABILITY, startBenchRedis, type BenchRedis } from "./bench-redis.ts";
import type { Bulk, RunningSystem, System } from "./system.ts";

/** The programs of a peer. Both find Redis by `BENCH_REDIS_PORT`; the worker appends ids to files in `BENCH_HANDLED`. */
export interface PeerPrograms {
  readonly load: Program;
  readonly worker: Program;
}

const POLL_MS = 5;
/** Their tasks are fewer by this factor: they take as long for them. */
const SHARE = 0.05;

export function peer(name: string, programs: PeerPrograms): System {
  return {
    name,
    durability: REDIS_DURABILITY,
    works: ["W3", "W4", "W5"],
    share: SHARE,
    start: () => start(programs),
  };
}

async function start({ load, worker }: PeerPrograms): Promise<RunningSystem> {
  const redis = await startBenchRedis();
  const folder = tempFolder();
  const handled = join(folder, "handled");
  mkdirSync(handled);
  const env = { BENCH_REDIS_PORT: String(redis.port), BENCH_HANDLED: handled };
  const withEnv = (program: Program): Program => ({ ...program, env: { ...program.env, ...env } });
  return new RunningPeer({
    redis,
    folder,
    handled: new HandledFiles(handled),
    load: new LineAgent(withEnv(load)),
    worker: startProgram(withEnv(worker), "ignore"),
  });
}

interface Pieces {
  readonly redis: BenchRedis;
  readonly folder: string;
  readonly handled: HandledFiles;
  readonly load: LineAgent;
  readonly worker: ChildProcess;
}

class RunningPeer implements RunningSystem {
  readonly parts: readonly Part[];
  readonly #pieces: Pieces;
  #ids: string[] = [];

  constructor(pieces: Pieces) {
    const { redis, load, worker } = pieces;
    this.#pieces = pieces;
    this.parts = [
      { role: "load", pid: load.pid },
      { role: "worker", pid: worker.pid! },
      { role: "redis", pid: redis.pid },
    ];
  }

  /** The workers are stopped where they are, which holds for all alike; what they had fetched stays with them. */
  async hold(): Promise<void> {
    this.#signal("SIGSTOP");
  }

  async release(): Promise<void> {
    this.#signal("SIGCONT");
  }

  enqueueBulk({ count }: Bulk): Promise<number> {
    return this.#pieces.load.call("enqueueBulk", { count });
  }

  enqueueOneByOne({ count }: { readonly count: number }): Promise<number> {
    return this.#pieces.load.call("enqueueBulk", { count });
  }

  async runClosed(options: { readonly count: number }): Promise<Latencies> {
    const { timesMs, elapsedMs } = await this.#pieces.load.call<{
      readonly timesMs: readonly number[];
      readonly elapsedMs: number;
    }>("runClosed", options);
    return { timesMs: Float64Array.from(timesMs), elapsedMs, peakInFlight: 1 };
  }

  runOpen(): Promise<Latencies> {
    return notMeasured();
  }

  awaitEach(): Promise<never> {
    return notMeasured();
  }

  /** Handlers are counted first, since to count outcomes is to read them. */
  async untilRecorded(count: number): Promise<number> {
    const { handled } = this.#pieces;
    await untilReached(count, POLL_MS, () => handled.count);
    return untilReached(count, POLL_MS, async () => (await this.#outcomes()).length);
  }

  async tally(): Promise<Tally> {
    const outcomes = await this.#outcomes();
    const acknowledged = this.#ids;
    this.#ids = [];
    return tally({ acknowledged, handled: this.#pieces.handled.take(), outcomes });
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

  addIdleWorkers(): Promise<void> {
    return notMeasured();
  }

  async stop(): Promise<void> {
    const { redis, load, worker, folder } = this.#pieces;
    await load.stop();
    const gone = worker.exitCode === null && worker.signalCode === null && once(worker, "exit");
    this.#signal("SIGKILL");
    await gone;
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    for (const pid of processTree(this.#pieces.worker.pid!)) process.kill(pid, signal);
  }

  async #outcomes(): Promise<Outcome[]> {
    const { load } = this.#pieces;
    this.#ids = this.#ids.concat(await load.call<string[]>("acknowledged", {}));
    return load.call<Outcome[]>("outcomes", { ids: this.#ids });
  }
}

function notMeasured(): Promise<never> {
  return Promise.reject(new Error("this work is not measured for peers in other languages"));
}
