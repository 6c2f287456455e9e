/** Everything that runs in a suite: datastores, servers, workers, clients, and the proxies between them. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type {
  ClientArguments,
  CrowdArguments,
  ProgramArguments,
  WorkerArguments,
} from "../programs/init.ts";
import { READY } from "../programs/init.ts";
import type { LoadCounts } from "../programs/load.ts";
import type { Random } from "../random.ts";
import { childFiles, childOf, programPath, type ChildFiles } from "./child.ts";
import { Disk, OwnRedis } from "./datastore.ts";
import type { Layout } from "./layout.ts";
import type { Crash, Program } from "./program.ts";
import { SiteServer } from "./server.ts";

export interface SiteInit {
  readonly layout: Layout;
  /** A new folder of its own. */
  readonly folder: string;
  /** Tasks per second, of all clients together. */
  readonly rate: number;
  readonly random: Random;
}

const WORKERS = 3;
const WORKER_SLOTS = 16;
const CLIENTS = 2;
/** For what is left when the load stops, in ms. */
const FINISH_MS = 75_000;

export class Site {
  readonly layout: Layout;
  /** Folder of the history. */
  readonly history: string;
  readonly servers: readonly SiteServer[];
  readonly workers: readonly Program[];
  readonly clients: readonly Program[];
  readonly redis: readonly OwnRedis[];
  readonly disk: Disk | undefined;
  readonly #files: ChildFiles;
  readonly #random: Random;
  readonly #counts: Map<string, LoadCounts>;
  #crowds = 0;

  private constructor(parts: {
    readonly init: SiteInit;
    readonly files: ChildFiles;
    readonly servers: readonly SiteServer[];
    readonly redis: readonly OwnRedis[];
    readonly disk: Disk | undefined;
  }) {
    const { init, files } = parts;
    this.layout = init.layout;
    this.history = files.history;
    this.servers = parts.servers;
    this.redis = parts.redis;
    this.disk = parts.disk;
    this.#files = files;
    this.#random = init.random;
    this.#counts = new Map();
    this.workers = numbered("worker", WORKERS).map((name, at) => this.#worker(name, at));
    this.clients = numbered("client", CLIENTS).map((name, at) =>
      this.#client(name, at, init.rate / CLIENTS),
    );
  }

  /** Datastores and servers run, workers and clients do. */
  static async start(init: SiteInit): Promise<Site> {
    const { layout, folder } = init;
    const files = childFiles(join(folder, "history"), join(folder, "logs"));
    for (const path of [files.history, files.logs]) mkdirSync(path);
    const disk = layout.storage.kind === "sqlite" ? Disk.mount(folder) : undefined;
    const own = {
      storage: await ownRedis(layout.storage, "redis"),
      broker: layout.broker && (await ownRedis(layout.broker, "redis-broker")),
    };
    const dataFolder = disk?.folder ?? folder;
    const servers = await Promise.all(
      numbered("server", layout.servers).map((name) =>
        SiteServer.create({ name, layout, redis: own, dataFolder, files }),
      ),
    );
    const redis = [own.storage, own.broker].filter((one) => one !== undefined);
    const site = new Site({ init, files, servers, redis, disk });
    await Promise.all(servers.map((server) => server.start()));
    await Promise.all([...site.workers, ...site.clients].map((program) => program.start()));
    return site;
  }

  /** What the clients have done so far, all together. */
  get counts(): LoadCounts {
    const sum = { enqueued: 0, ended: 0, errors: 0, open: 0 };
    for (const counts of this.#counts.values())
      for (const key of Object.keys(sum) as (keyof LoadCounts)[]) sum[key] += counts[key];
    return sum;
  }

  get programs(): readonly Program[] {
    return [...this.servers.map(({ program }) => program), ...this.workers, ...this.clients];
  }

  /** Ends of processes that no fault made. */
  get crashes(): readonly Crash[] {
    return this.programs.flatMap(({ crashes }) => crashes);
  }

  /** A program of many clients on a server, not running yet. */
  crowd(server: SiteServer, size: number, onMessage: (message: unknown) => void): Program {
    const name = `crowd-${++this.#crowds}`;
    const args: CrowdArguments = { ...this.#args(name), server: server.toClients.address, size };
    const all = [programPath("crowd"), JSON.stringify(args)];
    return childOf(this.#files, name, READY, all, onMessage);
  }

  /** Clients begin nothing more, and see to its end what they began. */
  async stopLoad(): Promise<void> {
    for (const client of this.clients) client.tell({ stop: true });
    await Promise.all(this.clients.map((client) => client.finish(FINISH_MS)));
  }

  /** Ends all at once. */
  async kill(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.stop();
  }

  /** Ends all that runs, workers before servers before datastores. */
  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.kill()));
    await Promise.all(this.workers.map((worker) => worker.stop()));
    await Promise.all(this.servers.map((server) => server.stop()));
    await Promise.all(this.redis.map((redis) => redis.end()));
    this.disk?.unmount();
  }

  #worker(name: string, at: number): Program {
    const server = this.servers[at % this.servers.length]!.toWorkers.address;
    const args: WorkerArguments = { ...this.#args(name), server, slots: WORKER_SLOTS };
    return childOf(this.#files, name, READY, [programPath("worker"), JSON.stringify(args)]);
  }

  #client(name: string, at: number, rate: number): Program {
    const server = this.servers[at % this.servers.length]!.toClients.address;
    const args: ClientArguments = { ...this.#args(name), server, rate };
    const all = [programPath("client"), JSON.stringify(args)];
    return childOf(this.#files, name, READY, all, (counts) =>
      this.#counts.set(name, counts as LoadCounts),
    );
  }

  #args(name: string): ProgramArguments {
    return { name, history: this.#files.history, seed: this.#random.whole(0, 2 ** 31) };
  }
}

async function ownRedis(half: Layout["storage"], name: string): Promise<OwnRedis | undefined> {
  if (half.kind !== "redis" || half.url !== undefined) return undefined;
  const redis = new OwnRedis(name);
  await redis.start();
  return redis;
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}
