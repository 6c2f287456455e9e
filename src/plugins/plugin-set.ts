/** The plugins and middlewares of one app, from their use to their end. */
import type { Logger } from "pino";
import { QTasksError } from "../core/errors.ts";
import type { Route } from "../server/hooks.ts";
import { Starter } from "../starter/starter.ts";
import type { Middleware } from "../worker/middleware.ts";
import { isMiddleware, type Use } from "../worker/use.ts";
import { HookTable } from "./hook-table.ts";
import { InstalledPlugin } from "./installed-plugin.ts";
import { inOrder } from "./order.ts";
import type { Plugin, PluginApp, UseOptions } from "./plugin.ts";
import type { HookTypes, PointName } from "./points.ts";

/** Middlewares without a plugin stay where they were used. */
const ANYWHERE = {};

/** A task, and what its routers and itself use, the outermost first. */
export interface TaskUses {
  readonly name: string;
  readonly uses: readonly Use[];
}

export class PluginSet {
  readonly #app: PluginApp;
  readonly #logger: Logger;
  readonly #own: { readonly use: Middleware | Plugin; readonly options: UseOptions }[] = [];
  readonly #installed = new Map<Plugin, InstalledPlugin>();
  readonly #routes = new Map<string, Route>();
  readonly #hooks: HookTable;
  #order: readonly Use[] = [];
  #starter: Starter | undefined;

  constructor(app: PluginApp) {
    this.#app = app;
    this.#logger = app.logger;
    this.#hooks = new HookTable(this.#logger);
  }

  /** For all tasks of the app. CONFIG_INVALID once the app has been started or connected. */
  use(use: Middleware | Plugin, options: UseOptions): void {
    if (this.#starter !== undefined)
      throw invalid("the app has been started or connected: use plugins and middlewares before");
    this.#own.push({ use, options });
  }

  /** Whether the app itself uses a plugin of that name. */
  has(name: string): boolean {
    return this.#own.some(({ use }) => !isMiddleware(use) && use.name === name);
  }

  /** Installs everything; called once. `tasks`: those that the app has by now. */
  install(tasks: readonly TaskUses[]): void {
    for (const { use, options } of this.#own)
      if (!isMiddleware(use)) this.#known(use).reachAll(options);
    for (const { name, uses } of tasks)
      for (const plugin of pluginsOf(uses)) this.#known(plugin).reach.add(name);
    const plugins = inOrder([...this.#installed.keys()], (plugin) => plugin);
    const own = this.#own.map(({ use }) => use);
    this.#order = inOrder(own, (use) => (isMiddleware(use) ? ANYWHERE : use));
    for (const plugin of plugins)
      this.#installed.get(plugin)!.install({ hooks: this.#hooks, routes: this.#routes });
    this.#starter = new Starter(plugins.map((plugin) => this.#component(plugin)));
  }

  /** A task that comes once all is installed. CONFIG_INVALID where it brings a plugin that the app does not have. */
  add({ name, uses }: TaskUses): void {
    for (const plugin of pluginsOf(uses)) {
      const installed = this.#installed.get(plugin);
      if (installed === undefined)
        throw invalid(
          `the task ${name} brings the plugin ${plugin.name} to an app that runs: include its router before the start`,
        );
      installed.reach.add(name);
    }
  }

  /** What wraps the handler of a task, the outermost first. Once all is installed. */
  middlewaresOf({ uses }: TaskUses): Middleware[] {
    const all = [...this.#order, ...uses];
    return [...new Set(all)].flatMap((use) =>
      isMiddleware(use) ? use : this.#installed.get(use as Plugin)!.middlewares,
    );
  }

  /** All hooks of a point as one; undefined where there are none. Once all is installed. */
  hook<Point extends PointName>(point: Point): HookTypes[Point] | undefined {
    return this.#hooks.get(point);
  }

  get routes(): readonly Route[] {
    return [...this.#routes.values()];
  }

  /** In order; when one fails, those that started are stopped. */
  async start(): Promise<void> {
    await this.#starter?.start();
  }

  /** In reverse order. Rejects with a StopError when one did not stop cleanly. */
  async stop(): Promise<void> {
    await this.#starter?.stop();
  }

  #known(plugin: Plugin): InstalledPlugin {
    const known = this.#installed.get(plugin);
    if (known !== undefined) return known;
    for (const { name } of this.#installed.keys())
      if (name === plugin.name) throw invalid(`two plugins are named ${name}`);
    const added = new InstalledPlugin(plugin, this.#app);
    this.#installed.set(plugin, added);
    return added;
  }

  #component(plugin: Plugin) {
    const { app } = this.#installed.get(plugin)!;
    return {
      name: `plugin ${plugin.name}`,
      start: async () => plugin.start?.(app),
      stop: async () => plugin.stop?.(app),
    };
  }
}

function pluginsOf(uses: readonly Use[]): Plugin[] {
  return uses.filter((use) => !isMiddleware(use)) as Plugin[];
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
