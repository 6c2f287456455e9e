/** QTasks: `qtasks serve` with its in-process worker, and a client in another process. */
import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AdminService } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { grpcCalls, openChannel, type GrpcChannel } from "../../../src/client/index.ts";
import type { ServiceCalls } from "../../../src/core/calls.ts";
import { tempFolder } from "../../support/temp.ts";
import { tally, type Tally } from "../measure/tally.ts";
import type { Part } from "../measure/process-meter.ts";
import { untilReached } from "../measure/until-reached.ts";
import { Agent } from "../processes/agent.ts";
import type { QTasksApp } from "../processes/qtasks-app.ts";
import type { QTasksLoad } from "../processes/qtasks-load.ts";
import type { QTasksWorkers } from "../processes/qtasks-workers.ts";
import { REDIS_DURABILITY, startBenchRedis, type BenchRedis } from "./bench-redis.ts";
import type { Bulk, RunningSystem, System } from "./system.ts";

/** The backends that are measured. */
export const BACKENDS = ["memory", "sqlite", "redis"] as const;
export type BackendName = (typeof BACKENDS)[number];

const DURABILITY: Readonly<Record<BackendName, string>> = {
  memory: "none",
  sqlite: "each commit synced to the disk",
  redis: REDIS_DURABILITY,
};

const CLI = join(import.meta.dirname, "../../../bin/qtasks.js");
const APP = join(import.meta.dirname, "../processes/qtasks-app.ts");
const LOAD = join(import.meta.dirname, "../processes/qtasks-load.ts");
const WORKERS = join(import.meta.dirname, "../processes/qtasks-workers.ts");
const LISTENS = /serves gRPC on (\S+:\d+)/;
const QUEUE = "default";
const POLL_MS = 4;

export interface QTasksOptions {
  readonly backend: BackendName;
  /** Attempts that the worker runs at once. */
  readonly slots: number;
}

export function qtasks({ backend, slots }: QTasksOptions): System {
  return {
    name: backend,
    durability: DURABILITY[backend],
    start: () => start(backend, slots),
  };
}

async function start(backend: BackendName, slots: number): Promise<RunningSystem> {
  const redis = backend === "redis" ? await startBenchRedis() : undefined;
  const folder = tempFolder();
  const file = join(folder, "tasks.db");
  const url = { memory: "memory:", sqlite: `sqlite:${file}`, redis: redis?.url ?? "" }[backend];
  const server = startServer(url, slots);
  const load = new Agent<QTasksLoad>({ args: [LOAD] });
  const address = (await server.ready)![1]!;
  await load.call("connect", { address });
  return new RunningQTasks({ backend, server, load, redis, folder, address });
}

/** Starts `qtasks serve` from the sources, on a free port, with the handler of the benchmark. */
export function startServer(url: string, slots: number): Agent<QTasksApp> {
  const args = [CLI, "serve", "--url", url, "--app", APP, "--slots", String(slots)];
  const rest = ["--grpc", "127.0.0.1:0", "--http", "false", "--log-level", "warn"];
  return new Agent<QTasksApp>({ args: [...args, ...rest], readyLine: LISTENS });
}

interface Pieces {
  readonly backend: BackendName;
  readonly server: Agent<QTasksApp>;
  readonly load: Agent<QTasksLoad>;
  readonly redis: BenchRedis | undefined;
  readonly folder: string;
  readonly address: string;
}

class RunningQTasks implements RunningSystem {
  readonly parts: readonly Part[];
  readonly #pieces: Pieces;
  readonly #channel: GrpcChannel;
  readonly #admin: ServiceCalls<typeof AdminService>;
  #workers: Agent<QTasksWorkers> | undefined;
  /** Acknowledged since the last tally. */
  #ids: string[] = [];
  /** Ended tasks at the last tally. */
  #endedBefore = 0;

  constructor(pieces: Pieces) {
    const { server, load, redis, address } = pieces;
    this.#pieces = pieces;
    this.#channel = openChannel({ address });
    this.#admin = grpcCalls(AdminService, this.#channel);
    this.parts = [
      { role: "load", pid: load.pid },
      { role: "server", pid: server.pid },
      ...(redis === undefined ? [] : [{ role: "redis", pid: redis.pid }]),
    ];
  }

  async hold(): Promise<void> {
    await this.#admin.pauseQueue({ name: QUEUE });
  }

  async release(): Promise<void> {
    await this.#admin.resumeQueue({ name: QUEUE });
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

  /** The handlers' process knows when they were all called; that the outcomes are recorded is then asked of the server. */
  async untilRecorded(count: number): Promise<number> {
    await this.#pieces.server.call("reaches", { count });
    return untilReached(count, POLL_MS, async () => (await this.#ended()) - this.#endedBefore);
  }

  async tally(): Promise<Tally> {
    const acknowledged = await this.#acknowledged();
    const { server, load } = this.#pieces;
    const [handled, outcomes] = await Promise.all([
      server.call("handled", {}),
      load.call("outcomes", { ids: acknowledged }),
    ]);
    this.#ids = [];
    this.#endedBefore = await this.#ended();
    return tally({ acknowledged, handled, outcomes });
  }

  async dataBytes(): Promise<number | undefined> {
    const { backend, folder, redis } = this.#pieces;
    if (backend !== "sqlite") return redis?.usedBytes();
    const files = ["tasks.db", "tasks.db-wal"].map((name) => join(folder, name));
    return files.filter(existsSync).reduce((sum, file) => sum + statSync(file).size, 0);
  }

  async commandCount(): Promise<number | undefined> {
    return this.#pieces.redis?.commandCount();
  }

  async watchCommands(): Promise<(() => number) | undefined> {
    return this.#pieces.redis?.watchCommands();
  }

  async addIdleWorkers(count: number): Promise<void> {
    this.#workers = new Agent<QTasksWorkers>({ args: [WORKERS] });
    await this.#workers.call("start", { address: this.#pieces.address, count });
  }

  async stop(): Promise<void> {
    const { server, load, redis, folder } = this.#pieces;
    this.#channel.close();
    await this.#workers?.stop();
    await load.stop();
    await server.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  async #acknowledged(): Promise<string[]> {
    // Not by spreading: a call takes only so many arguments.
    this.#ids = this.#ids.concat(await this.#pieces.load.call("acknowledged", {}));
    return this.#ids;
  }

  async #ended(): Promise<number> {
    const { queue } = await this.#admin.getQueue({ name: QUEUE });
    const ended = queue?.states.filter(({ state }) => state >= TaskState.SUCCEEDED) ?? [];
    return ended.reduce((sum, { count }) => sum + Number(count), 0);
  }
}
