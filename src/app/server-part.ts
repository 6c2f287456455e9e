/** The listeners, as a component of an app. */
import type { Logger } from "pino";
import type { Config } from "../config/options.ts";
import { QTasksError } from "../core/errors.ts";
import { Server } from "../server/server.ts";
import type { Component } from "../starter/starter.ts";
import type { ServerHooks } from "../server/hooks.ts";
import type { LocalParts } from "./connection.ts";

export class ServerPart implements Component {
  readonly name = "server";
  readonly #config: Config;
  readonly #logger: Logger;
  readonly #parts: () => LocalParts;
  readonly #hooks: () => ServerHooks;
  readonly #done = Promise.withResolvers<void>();
  #server: Server | undefined;

  constructor(config: Config, logger: Logger, parts: () => LocalParts, hooks: () => ServerHooks) {
    this.#hooks = hooks;
    this.#config = config;
    this.#logger = logger;
    this.#parts = parts;
  }

  get server(): Server | undefined {
    return this.#server;
  }

  /** Resolves when the server has stopped. */
  get done(): Promise<void> {
    return this.#done.promise;
  }

  async start(): Promise<void> {
    const { grpc, http, token, insecure, corsOrigins } = this.#config;
    const { services, durable, readiness } = this.#parts();
    this.#server = new Server({
      services,
      durable,
      readiness,
      logger: this.#logger,
      grpc,
      http,
      token,
      insecure,
      corsOrigins,
      tls: tlsFiles(this.#config),
      hooks: this.#hooks(),
    });
    await this.#server.start();
    const { grpcAddress, httpAddress } = this.#server;
    this.#logger.info({ grpc: grpcAddress, http: httpAddress }, "the server listens");
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
    this.#done.resolve();
  }
}

function tlsFiles({ tlsCert, tlsKey }: Config) {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert !== undefined && tlsKey !== undefined) return { certFile: tlsCert, keyFile: tlsKey };
  const missing = tlsCert === undefined ? "tlsCert" : "tlsKey";
  throw new QTasksError("CONFIG_INVALID", `${missing}: expected a PEM file, as its partner is set`);
}
