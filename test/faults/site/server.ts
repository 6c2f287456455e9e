/** A server of a site: its process, and the proxies on every way to it and from it. */
import { claimPort } from "../net/ports.ts";
import { TcpProxy } from "../net/proxy.ts";
import { childOf, type ChildFiles } from "./child.ts";
import type { OwnRedis } from "./datastore.ts";
import type { Layout } from "./layout.ts";
import type { Program } from "./program.ts";

export interface ServerInit {
  readonly name: string;
  readonly layout: Layout;
  /** Those of the layout's halves that are the site's own. */
  readonly redis: {
    readonly storage?: OwnRedis | undefined;
    readonly broker?: OwnRedis | undefined;
  };
  /** Where SQLite files go. */
  readonly dataFolder: string;
  readonly files: ChildFiles;
}

const LISTENS = /serves gRPC on \S+/;

export class SiteServer {
  readonly name: string;
  readonly program: Program;
  /** `HOST:PORT`, past all proxies. */
  readonly address: string;
  readonly toClients: TcpProxy;
  readonly toWorkers: TcpProxy;
  /** One for each Redis. */
  readonly toRedis: readonly TcpProxy[];
  /** Path of its SQLite file. */
  readonly file: string | undefined;

  private constructor(parts: Omit<SiteServer, "start" | "stop">) {
    this.name = parts.name;
    this.program = parts.program;
    this.address = parts.address;
    this.toClients = parts.toClients;
    this.toWorkers = parts.toWorkers;
    this.toRedis = parts.toRedis;
    this.file = parts.file;
  }

  /** Opens the proxies; the process waits for {@link start}. */
  static async create(init: ServerInit): Promise<SiteServer> {
    const { name, layout, redis, files } = init;
    const place = { host: "127.0.0.1", port: await claimPort() };
    const address = `${place.host}:${place.port}`;
    const [toClients, toWorkers] = [
      new TcpProxy(`clients→${name}`, place),
      new TcpProxy(`workers→${name}`, place),
    ];
    const toRedis: TcpProxy[] = [];
    const urlOf = async (half: "storage" | "broker"): Promise<string> => {
      const { kind, url } = layout[half] ?? layout.storage;
      if (url !== undefined) return url;
      if (kind === "memory") return "memory:";
      if (kind === "sqlite") return `sqlite:${init.dataFolder}/${half}.db`;
      const proxy = new TcpProxy(`${name}→${redis[half]!.name}`, redis[half]!.place);
      await proxy.start();
      toRedis.push(proxy);
      return `redis://${proxy.address}`;
    };
    const storage = await urlOf("storage");
    const backend =
      layout.broker === undefined
        ? ["--url", storage]
        : ["--storage", storage, "--broker", await urlOf("broker")];
    await Promise.all([toClients.start(), toWorkers.start()]);
    const listeners = ["--grpc", address, "--http", "false"];
    const small = ["--slots", "8", "--grace", "2"];
    const args = [files.cli, "serve", ...backend, "--app", files.app, ...listeners, ...small];
    const program = childOf(files, name, LISTENS, args);
    const file = layout.storage.kind === "sqlite" ? storage.slice("sqlite:".length) : undefined;
    return new SiteServer({ name, program, address, toClients, toWorkers, toRedis, file });
  }

  start(): Promise<void> {
    return this.program.start();
  }

  /** Ends the process and the proxies. */
  async stop(): Promise<void> {
    await this.program.stop();
    for (const proxy of [this.toClients, this.toWorkers, ...this.toRedis]) proxy.stop();
  }
}
