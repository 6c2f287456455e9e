/** The façade of QTasks: one app, with its tasks, its configuration and its lifecycle. */
import type { Logger } from "pino";
import type { AdminService } from "../gen/qtasksapi/v1/admin_service_pb.ts";
import { appHookSet, type AppHookSet } from "./app/app-hook-set.ts";
import { AppTasks } from "./app/app-tasks.ts";
import { DefinitionsPart } from "./app/definitions-part.ts";
import { Link } from "./app/link.ts";
import { moments } from "./app/moments.ts";
import {
  appSettings,
  reconfigured,
  type AppSettings,
  type QueueTasksOptions,
} from "./app/options.ts";
import { checkSameRoles, resolveRoles, type Roles } from "./app/roles.ts";
import { runForever } from "./app/run-forever.ts";
import { ServerPart } from "./app/server-part.ts";
import { WorkerPart } from "./app/worker-part.ts";
import type { TaskClient } from "./client/client.ts";
import type { GlobalConfig } from "./config/global-config.ts";
import type { ResolvedConfig } from "./config/resolve.ts";
import { StorageConfig } from "./config/storage-config.ts";
import type { ServiceCalls } from "./core/calls.ts";
import { systemClock } from "./core/clock.ts";
import { QTasksError } from "./core/errors.ts";
import { PluginSet } from "./plugins/plugin-set.ts";
import type { Plugin, UseOptions } from "./plugins/plugin.ts";
import type { TaskCaller } from "./routers/binding.ts";
import { Router } from "./routers/router.ts";
import type { AttachOptions } from "./routers/task-tree.ts";
import { Lifecycle } from "./starter/lifecycle.ts";
import { Starter, type Component } from "./starter/starter.ts";
import type { Middleware } from "./worker/middleware.ts";

/** Nothing runs and no connection is open before `start`, or before the first call of a client. */
export class QueueTasks implements TaskCaller {
  /** Known across copies of this package, for what loads apps from files. */
  readonly kind = "qtasks.app";
  /** The app's own tasks and the routers that it includes. */
  readonly router = new Router();
  /** As {@link Router.task}. */
  readonly task: Router["task"];
  /** As {@link Router.service}. */
  readonly service: Router["service"];
  readonly #given: QueueTasksOptions;
  readonly #plugins: PluginSet;
  readonly #tasks: AppTasks;
  readonly #link: Link;
  readonly #life = new Lifecycle();
  /** Of what was given, with what {@link configure} laid over it. */
  #settings: AppSettings;
  #hookSet: AppHookSet | undefined;
  #starter: Starter | undefined;
  /** Of the last start. */
  #roles: Required<Roles> | undefined;
  #serverPart: ServerPart | undefined;
  #workerPart: WorkerPart | undefined;
  #definitionsPart: DefinitionsPart | undefined;

  /** CONFIG_INVALID naming the option, what is expected and what came. */
  constructor(options: QueueTasksOptions = {}) {
    this.#given = options;
    this.#settings = appSettings(options);
    this.task = this.router.task.bind(this.router);
    this.service = this.router.service.bind(this.router);
    const logger = () => this.logger;
    this.#plugins = new PluginSet({
      get logger() {
        return logger();
      },
      config: () => this.config.values,
      clock: () => this.#settings.options.components?.clock ?? systemClock,
      client: async () => (await this.#link.openForPlugin()).client,
      admin: async () => (await this.#link.openForPlugin()).admin,
      globalConfig: async () => {
        await this.#link.openForPlugin();
        return this.globalConfig();
      },
    });
    this.#link = new Link({
      logger,
      settings: () => this.#settings,
      plugins: this.#plugins,
      hooks: () => this.#hooks,
    });
    this.#tasks = new AppTasks(this, this.#plugins, (registration) => {
      this.#workerPart?.add(registration);
      this.#definitionsPart?.add(registration);
    });
    const check: AttachOptions["check"] = (entries) => this.#tasks.check(entries);
    this.router.attach((entry) => this.#tasks.add(entry), { check });
  }

  /** The one that was given, else one of the app's own. */
  get logger(): Logger {
    return this.#settings.logger;
  }

  /** Every option with its value and where it came from. */
  get config(): ResolvedConfig {
    return this.#settings.config;
  }

  /**
   * Lays options over those of the constructor, as a test does that replaces the backend; before anything was started or
   * connected, or once it has stopped. An executor and a logger of the constructor's stay.
   */
  configure(over: QueueTasksOptions): void {
    if (this.#link.isOn)
      throw new QTasksError(
        "CONFIG_INVALID",
        "the app is connected: stop it first, and configure it then",
      );
    this.#settings = reconfigured(this.#given, over);
  }

  /** Includes a router's tasks, those of now and those to come; also while the app runs. */
  includeRouter(router: Router): void {
    this.router.includeRouter(router);
  }

  /**
   * A middleware for all handlers of the app, or a plugin. Called before the app starts or connects: CONFIG_INVALID
   * afterwards.
   */
  use(use: Middleware | Plugin, options: UseOptions = {}): this {
    this.#plugins.use(use, options);
    return this;
  }

  /** Whether a plugin of that name was given to {@link use}. */
  uses(plugin: string): boolean {
    return this.#plugins.has(plugin);
  }

  /** The app's client; connects if need be. {@link stop} closes it. */
  async client(): Promise<TaskClient> {
    return (await this.#link.open()).client;
  }

  /** Queues and workers, as operators see them: pause, resume, list, drain. Connects as {@link client} does. */
  async admin(): Promise<ServiceCalls<typeof AdminService>> {
    return (await this.#link.open()).admin;
  }

  /** Values shared by all servers. CONFIG_INVALID where the app works for a server elsewhere. */
  async globalConfig(): Promise<GlobalConfig> {
    await this.#link.open();
    return new StorageConfig(this.#link.local.storage);
  }

  /** `host:port` of the gRPC listener while the server runs. */
  get grpcAddress(): string | undefined {
    return this.#serverPart?.server?.grpcAddress;
  }

  /** `host:port` of the HTTP listener while the server runs. */
  get httpAddress(): string | undefined {
    return this.#serverPart?.server?.httpAddress;
  }

  /**
   * Starts what the roles say, in this process. Idempotent; may be started again after a stop, and waits for one that is
   * under way. CONFIG_INVALID for other roles than those that run, CALL_CANCELED where a stop comes before it is over.
   */
  async start(roles: Roles = {}): Promise<void> {
    // Not left to the start, which others may share.
    const own = resolveRoles(roles, this.config.values);
    await this.#life.start(() => this.#start(own));
    checkSameRoles(roles, this.#roles!);
  }

  /**
   * The worker finishes within `graceMs` and gives back the rest, the server drains, the connection closes.
   * Idempotent, also before start.
   */
  stop(): Promise<void> {
    return this.#life.stop(async () => {
      const starter = this.#starter;
      this.#starter = undefined;
      try {
        await starter?.stop();
      } finally {
        await this.#link.stop();
      }
    });
  }

  /**
   * Runs until SIGTERM or SIGINT, until {@link stop}, or until an operator drained the worker where that is all that
   * runs. The only function that touches the process's signals.
   */
  async runForever(roles: Roles = {}): Promise<void> {
    await runForever(
      {
        start: () => this.start(roles),
        stop: () => this.stop(),
        done: () => (this.#serverPart ?? this.#workerPart)?.done ?? new Promise(() => {}),
      },
      this.logger,
    );
  }

  async #start(roles: Required<Roles>): Promise<void> {
    if (this.#starter === undefined) {
      this.#roles = roles;
      this.#starter = new Starter(this.#components(roles));
    }
    const starter = this.#starter;
    try {
      await starter.start();
    } catch (error) {
      if (this.#starter === starter) this.#starter = undefined;
      throw error;
    }
  }

  #components({ server, worker }: Required<Roles>): Component[] {
    const config = this.config.values;
    const { logger } = this;
    const { queueStrategy, components = {} } = this.#settings.options;
    const parts = {
      config,
      logger,
      queueStrategy,
      connection: () => this.#link.connection,
      registrations: () => this.#tasks.registrations,
      hooks: () => this.#hooks.worker,
      executor: components.executor,
      clock: components.clock,
    };
    const [local, serverHooks] = [() => this.#link.local, () => this.#hooks.server];
    this.#serverPart = server ? new ServerPart(config, logger, local, serverHooks) : undefined;
    this.#workerPart = worker ? new WorkerPart(parts) : undefined;
    this.#definitionsPart = server && !worker ? new DefinitionsPart(parts) : undefined;
    const { outer, inner } = moments({
      roles: { server, worker },
      hooks: () => this.#hooks.life,
      addresses: () => ({ grpcAddress: this.grpcAddress, httpAddress: this.httpAddress }),
    });
    // The worker stops first, so that callers can still enqueue and remote workers report meanwhile.
    return [
      this.#link,
      outer,
      this.#definitionsPart,
      this.#serverPart,
      this.#workerPart,
      inner,
    ].filter((part) => part !== undefined);
  }

  /** Of plugins that are installed with the first use. */
  get #hooks(): AppHookSet {
    this.#tasks.install(() => this.router.everyUse());
    return (this.#hookSet ??= appHookSet(this.#plugins));
  }
}
