/** Both listeners as one thing that starts and stops. */
import { setTimeout as sleep } from "node:timers/promises";

import { file_google_rpc_error_details } from "../../gen/google/rpc/error_details_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { bearerAuth } from "./auth.ts";
import { Calls } from "./calls.ts";
import { Catalog } from "./catalog.ts";
import { GrpcListener } from "./grpc/listener.ts";
import { healthService } from "./health.ts";
import { originFilter } from "./http/cors.ts";
import { HttpListener } from "./http/listener.ts";
import { Pages } from "./http/pages.ts";
import { resolveOptions, type ResolvedServerOptions, type ServerOptions } from "./options.ts";
import { Readiness } from "./readiness.ts";
import { reflectionServices } from "./reflection.ts";
import type { ServiceDefinition } from "./service.ts";
import { readTls, type TlsMaterial } from "./tls.ts";

/** What connections get to send the last bytes once no call is under way, in ms. */
const CLOSE_MS = 1_000;

/** The gRPC and HTTP listeners over one set of services. Starts once and stops once. */
export class Server {
  readonly #options: ResolvedServerOptions;
  readonly #calls: Calls;
  readonly #catalog = new Catalog();
  readonly #readiness: Readiness;
  #grpc: GrpcListener | undefined;
  #http: HttpListener | undefined;
  #started: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  /** @throws QTasksError for options that {@link ServerOptions} doesn't allow. */
  constructor(options: ServerOptions) {
    const resolved = resolveOptions(options);
    const { logger, token } = resolved;
    const authenticate = token === undefined ? undefined : bearerAuth(token);
    this.#options = resolved;
    this.#calls = new Calls({ logger, authenticate, told: resolved.hooks.call });
    this.#readiness = new Readiness(resolved.readiness, this.#calls.draining);
    const own = [
      healthService(this.#catalog, this.#readiness),
      ...reflectionServices(this.#catalog),
    ];
    for (const service of [...resolved.services, ...own]) this.#catalog.add(service);
    // With it, tools that know the server by reflection can show the details of errors.
    this.#catalog.addFile(file_google_rpc_error_details);
    for (const file of resolved.schemaFiles) this.#catalog.addFile(file);
    resolved.durable?.onChange(() => this.#offerDurableCalls());
    this.#offerDurableCalls();
  }

  /** `host:port` of the gRPC listener once started, with the port that was bound. */
  get grpcAddress(): string | undefined {
    return this.#grpc?.address;
  }

  /** `host:port` of the HTTP listener once started, with the port that was bound. */
  get httpAddress(): string | undefined {
    return this.#http?.address;
  }

  /** Mounts another service, before or after the start. @throws QTasksError DEFINITION_CONFLICT */
  addService(definition: ServiceDefinition): void {
    this.#catalog.add(definition);
    this.#grpc?.addService(definition);
    this.#http?.addService(definition);
  }

  /**
   * Listens. Again it answers as the first time.
   * @throws QTasksError CONFIG_INVALID naming the option, such as for an address in use.
   */
  start(): Promise<void> {
    if (this.#stopped !== undefined) {
      return Promise.reject(new QTasksError("CONFIG_INVALID", "this server has been stopped"));
    }
    this.#started ??= this.#start();
    return this.#started;
  }

  /**
   * Drains and closes: not ready any more, new calls are refused, parked ones answer, what is under
   * way has `graceMs` to end, the rest is refused with SHUTTING_DOWN. Works before the start too.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** The users' methods as they are now: what is served, and what reflection, health and schema tell. */
  #offerDurableCalls(): void {
    const { durable } = this.#options;
    if (durable === undefined) return;
    this.#catalog.setUserServices(durable.services);
    this.#grpc?.setDurableCalls(durable);
    this.#http?.setDurableCalls(durable);
  }

  async #start(): Promise<void> {
    const { tls } = this.#options;
    const material = tls === undefined ? undefined : await readTls(tls);
    try {
      await this.#startGrpc(material);
      await this.#startHttp(material);
      this.#offerDurableCalls();
    } catch (thrown) {
      await this.#close();
      throw thrown;
    }
  }

  async #startGrpc(tls: TlsMaterial | undefined): Promise<void> {
    const { grpc: address, limits, logger } = this.#options;
    if (address === undefined) return;
    const listener = new GrpcListener({ address, calls: this.#calls, limits, tls, logger });
    for (const definition of this.#catalog.definitions) listener.addService(definition);
    await listener.start();
    this.#grpc = listener;
  }

  async #startHttp(tls: TlsMaterial | undefined): Promise<void> {
    const { http: address, limits, logger, corsOrigins, hooks } = this.#options;
    if (address === undefined) return;
    const { routes } = hooks;
    const pages = new Pages({ catalog: this.#catalog, readiness: this.#readiness, routes });
    const allowOrigin = originFilter(corsOrigins);
    const calls = this.#calls;
    const listener = new HttpListener({ address, calls, pages, limits, tls, allowOrigin, logger });
    for (const definition of this.#catalog.definitions) listener.addService(definition);
    await listener.start();
    this.#http = listener;
  }

  async #stop(): Promise<void> {
    // A start under way comes first; if it fails, it has closed what it opened.
    await this.#started?.catch(() => undefined);
    this.#calls.drain();
    await this.#idleWithinGrace();
    this.#calls.abortAll();
    await this.#close();
  }

  async #idleWithinGrace(): Promise<void> {
    const timer = new AbortController();
    const grace = sleep(this.#options.graceMs, undefined, { signal: timer.signal });
    await Promise.race([this.#calls.idle(), grace]);
    timer.abort();
    await grace.catch(() => undefined);
  }

  async #close(): Promise<void> {
    await Promise.all([this.#grpc?.stop(CLOSE_MS), this.#http?.stop(CLOSE_MS)]);
  }
}
