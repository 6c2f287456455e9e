/** The façade of QTasks: one app, with its tasks, its configuration and its lifecycle. */
import { pino, type Logger } from "pino";
import { appHookSet, type AppHookSet } from "./app/app-hook-set.ts";
import { AppTasks } from "./app/app-tasks.ts";
import { checkBackends } from "./app/backends.ts";
import type { Components } from "./app/components.ts";
import type { Connection, LocalParts } from "./app/connection.ts";
import { DefinitionsPart } from "./app/definitions-part.ts";
import { openLocal } from "./app/local.ts";
import { moments } from "./app/moments.ts";
import { openRemote } from "./app/remote.ts";
import { resolveRoles, type Roles } from "./app/roles.ts";
import { runForever } from "./app/run-forever.ts";
import { ServerPart } from "./app/server-part.ts";
import { Turns } from "./app/turns.ts";
import { WorkerPart } from "./app/worker-part.ts";
import type { TaskClient } from "./client/client.ts";
import type { GlobalConfig } from "./config/global-config.ts";
import type { ConfigArguments, OptionName } from "./config/options.ts";
import { resolveConfig, type ConfigSources, type ResolvedConfig } from "./config/resolve.ts";
import { StorageConfig } from "./config/storage-config.ts";
import { systemClock } from "./core/clock.ts";
import { QTasksError } from "./core/errors.ts";
import type { Limits, Timings } from "./core/limits.ts";
import { PluginSet } from "./plugins/plugin-set.ts";
import type { Plugin, UseOptions } from "./plugins/plugin.ts";
import type { TaskCaller } from "./routers/binding.ts";
import { Router } from "./routers/router.ts";
import { Starter, type Component } from "./starter/starter.ts";
import type { Middleware } from "./worker/middleware.ts";
import type { QueueStrategy } from "./worker/queue-strategy.ts";

/** All optional. What is not given comes from `QTASKS_*` variables, the config file, or the defaults. */
export interface QueueTasksOptions extends ConfigArguments {
  /** @default one on stdout, made of `logLevel` */
  readonly logger?: Logger | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly timings?: Partial<Timings> | undefined;
  /** In place of those that the configuration names. @default none */
  readonly components?: Components | undefined;
  /** Which of its queues the worker takes from next, and in what proportion. @default in turn */
  readonly queueStrategy?: QueueStrategy | undefined;
  /** @default process.env */
  readonly env?: ConfigSources["env"];
  readonly configFile?: ConfigSources["file"];
}

/** Those that are not of the configuration; the compiler sees to it that none is missing. */
const OTHER_OPTIONS: Readonly<Record<Exclude<keyof QueueTasksOptions, OptionName>, true>> = {
  logger: true,
  limits: true,
  timings: true,
  components: true,
  queueStrategy: true,
  env: true,
  configFile: true,
};

/** What {@link QueueTasks.configure} takes. */
export type Reconfiguration = ConfigArguments & Pick<QueueTasksOptions, "components" | "timings">;

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
  readonly logger: Logger;
  readonly #given: QueueTasksOptions;
  /** With what {@link configure} laid over them. */
  #options: QueueTasksOptions;
  readonly #plugins: PluginSet;
  readonly #tasks: AppTasks;
  readonly #turns = new Turns();
  #config: ResolvedConfig;
  #connecting: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  #hookSet: AppHookSet | undefined;
  #starter: Starter | undefined;
  #serverPart: ServerPart | undefined;
  #workerPart: WorkerPart | undefined;
  #definitionsPart: DefinitionsPart | undefined;

  /** CONFIG_INVALID naming the option, what is expected and what came. */
  constructor(options: QueueTasksOptions = {}) {
    this.#given = this.#options = options;
    this.#config = resolve(options, {});
    this.logger = options.logger ?? pino({ name: "qtasks", level: this.config.values.logLevel });
    this.task = this.router.task.bind(this.router);
    this.service = this.router.service.bind(this.router);
    this.#plugins = new PluginSet({
      logger: this.logger,
      config: () => this.config.values,
      clock: () => this.#options.components?.clock ?? systemClock,
      client: () => this.client(),
      admin: async () => (await this.#connect()).admin,
      globalConfig: () => this.globalConfig(),
    });
    this.#tasks = new AppTasks(this, this.#plugins, (registration) => {
      this.#workerPart?.add(registration);
      this.#definitionsPart?.add(registration);
    });
    this.router.attach((entry) => this.#tasks.add(entry));
  }

  /** Every option with its value and where it came from. */
  get config(): ResolvedConfig {
    return this.#config;
  }

  /**
   * Lays options over those of the constructor, as a test does that replaces the backend; before anything was started or
   * connected, or once it has stopped. An executor of the constructor's stays.
   */
  configure({ components, timings, ...options }: Reconfiguration): void {
    if (this.#connecting !== undefined)
      throw new QTasksError("CONFIG_INVALID", "the app is connected: configure it before");
    const { executor } = this.#given.components ?? {};
    const over = {
      ...(components && { components: { ...components, ...(executor && { executor }) } }),
      ...(timings && { timings }),
    };
    const given = { ...this.#given, ...over };
    this.#config = resolve(given, options);
    this.#options = given;
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
    return (await this.#connect()).client;
  }

  /** Values shared by all servers. CONFIG_INVALID where the app works for a server elsewhere. */
  async globalConfig(): Promise<GlobalConfig> {
    await this.#connect();
    return new StorageConfig(this.#local().storage);
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
   * under way.
   */
  start(roles: Roles = {}): Promise<void> {
    return this.#turns.start(async () => {
      const starter = (this.#starter ??= new Starter(this.#components(roles)));
      try {
        await starter.start();
      } catch (error) {
        if (this.#starter === starter) this.#starter = undefined;
        throw error;
      }
    });
  }

  /**
   * The worker finishes within `graceMs` and gives back the rest, the server drains, the connection closes.
   * Idempotent, also before start.
   */
  stop(): Promise<void> {
    return this.#turns.stop(async () => {
      await this.#starter?.stop();
      this.#starter = undefined;
      await this.#disconnect();
    });
  }

  /**
   * Runs until SIGTERM or SIGINT, or until an operator drained the worker where that is all that runs.
   * The only function that touches the process's signals.
   */
  async runForever(roles: Roles = {}): Promise<void> {
    const { server } = resolveRoles(roles, this.config.values);
    const never = new Promise<void>(() => {});
    await runForever(
      {
        start: () => this.start(roles),
        stop: () => this.stop(),
        done: () => (server ? never : (this.#workerPart?.done ?? never)),
      },
      this.logger,
    );
  }

  #components(roles: Roles): Component[] {
    const config = this.config.values;
    const { server, worker } = resolveRoles(roles, config);
    const { logger } = this;
    const parts = {
      config,
      logger,
      queueStrategy: this.#options.queueStrategy,
      connection: () => this.#connection!,
      registrations: () => this.#tasks.registrations,
      hooks: () => this.#hooks.worker,
      executor: this.#options.components?.executor,
      clock: this.#options.components?.clock,
    };
    const local = (): LocalParts => this.#local();
    this.#serverPart = server
      ? new ServerPart(config, logger, local, () => this.#hooks.server)
      : undefined;
    this.#workerPart = worker ? new WorkerPart(parts) : undefined;
    this.#definitionsPart = server && !worker ? new DefinitionsPart(parts) : undefined;
    const connection = {
      name: "connection",
      start: async () => void (await this.#connect()),
      stop: () => this.#disconnect(),
    };
    const { outer, inner } = moments({
      roles: { server, worker },
      hooks: () => this.#hooks.life,
      addresses: () => ({ grpcAddress: this.grpcAddress, httpAddress: this.httpAddress }),
    });
    // The worker stops first, so that callers can still enqueue and remote workers report meanwhile.
    return [
      connection,
      outer,
      this.#definitionsPart,
      this.#serverPart,
      this.#workerPart,
      inner,
    ].filter((part) => part !== undefined);
  }

  /** Of plugins that are installed with the first use. */
  get #hooks(): AppHookSet {
    this.#tasks.install();
    return (this.#hookSet ??= appHookSet(this.#plugins));
  }

  #connect(): Promise<Connection> {
    this.#connecting ??= this.#open();
    return this.#connecting;
  }

  async #open(): Promise<Connection> {
    try {
      for (const warning of this.config.warnings) this.logger.warn(warning);
      const hooks = this.#hooks;
      await this.#plugins.start();
      this.#connection = await this.#openConnection(hooks);
      return this.#connection;
    } catch (error) {
      this.#connecting = undefined;
      await this.#plugins.stop();
      throw error;
    }
  }

  #openConnection(hooks: AppHookSet): Promise<Connection> {
    const { values } = this.config;
    if (values.server !== undefined) return openRemote(values.server, values, hooks);
    const { limits, timings, components = {} } = this.#options;
    return openLocal(values, { limits, timings, components, hooks, logger: this.logger });
  }

  async #disconnect(): Promise<void> {
    const connection = await this.#connecting?.catch(() => undefined);
    this.#connecting = undefined;
    this.#connection = undefined;
    await connection?.close();
    if (connection !== undefined) await this.#plugins.stop();
  }

  #local(): LocalParts {
    const local = this.#connection?.local;
    if (local !== undefined) return local;
    throw new QTasksError(
      "CONFIG_INVALID",
      "this app works for a server elsewhere, not on a storage",
    );
  }
}

function resolve(options: QueueTasksOptions, over: ConfigArguments): ResolvedConfig {
  const set = Object.entries(over).filter(([, value]) => value !== undefined);
  const args = { ...options, ...(Object.fromEntries(set) as ConfigArguments) };
  const config = resolveConfig({
    arguments: args,
    otherArguments: Object.keys(OTHER_OPTIONS),
    env: options.env,
    file: options.configFile,
  });
  if (config.values.server === undefined) checkBackends(config.values, options.components ?? {});
  return config;
}
