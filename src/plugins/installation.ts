/** All that an app's plugins have installed. Made as a whole: where one plugin refuses, there is none. */
import { QTasksError } from "../core/errors.ts";
import type { Route } from "../server/hooks.ts";
import { Starter } from "../starter/starter.ts";
import type { Middleware } from "../worker/middleware.ts";
import { isMiddleware, type Use } from "../worker/use.ts";
import { HookTable } from "./hook-table.ts";
import { InstalledPlugin } from "./installed-plugin.ts";
import { inOrder, type Order } from "./order.ts";
import type { Plugin, PluginApp, UseOptions } from "./plugin.ts";

/** A task, and what its routers and itself use, the outermost first. */
export interface TaskUses {
  readonly name: string;
  readonly uses: readonly Use[];
}

/** What there is to install. */
export interface InstallationParts {
  readonly app: PluginApp;
  /** What the app itself uses. */
  readonly own: readonly OwnUse[];
  /** What its routers use, also those without tasks. */
  readonly routers: readonly Use[];
  readonly tasks: readonly TaskUses[];
}

export interface OwnUse {
  readonly use: Middleware | Plugin;
  readonly options: UseOptions;
}

export class Installation {
  readonly hooks: HookTable;
  readonly routes = new Map<string, Route>();
  /** Starts and stops the plugins, in order. */
  readonly starter: Starter;
  readonly #app: PluginApp;
  readonly #own: readonly Use[];
  readonly #plugins = new Map<Plugin, InstalledPlugin>();

  /** CONFIG_INVALID for plugins that can't be together; throws what a plugin throws. */
  constructor({ app, own, routers, tasks }: InstallationParts) {
    this.#app = app;
    this.#own = own.map(({ use }) => use);
    this.hooks = new HookTable(app.logger);
    for (const { use, options } of own) if (!isMiddleware(use)) this.#noted(use).reachAll(options);
    for (const plugin of pluginsOf(routers)) this.#noted(plugin);
    for (const { name, uses } of tasks)
      for (const plugin of pluginsOf(uses)) this.#noted(plugin).reach.add(name);
    const plugins = inOrder([...this.#plugins.keys()], (plugin) => plugin);
    for (const plugin of plugins) this.#plugins.get(plugin)!.install(this);
    this.starter = new Starter(plugins.map((plugin) => this.#component(plugin)));
  }

  /** CONFIG_INVALID where a task that comes later brings a plugin that the app does not have. */
  check({ name, uses }: TaskUses): void {
    for (const plugin of pluginsOf(uses))
      if (!this.#plugins.has(plugin))
        throw invalid(
          `the task ${name} brings the plugin ${plugin.name} to an app that runs: include its router before the start`,
        );
  }

  /** A task that comes later, once it was {@link check}ed. */
  add({ name, uses }: TaskUses): void {
    for (const plugin of pluginsOf(uses)) this.#plugins.get(plugin)!.reach.add(name);
  }

  /** What wraps the handler of a task, the outermost first. */
  middlewaresOf({ uses }: TaskUses): Middleware[] {
    const all = inOrder([...new Set([...this.#own, ...uses])], orderOf);
    return all.flatMap((use) =>
      isMiddleware(use) ? use : this.#plugins.get(use as Plugin)!.middlewares,
    );
  }

  #noted(plugin: Plugin): InstalledPlugin {
    const known = this.#plugins.get(plugin);
    if (known !== undefined) return known;
    for (const { name } of this.#plugins.keys())
      if (name === plugin.name) throw invalid(`two plugins are named ${name}`);
    const added = new InstalledPlugin(plugin, this.#app);
    this.#plugins.set(plugin, added);
    return added;
  }

  #component(plugin: Plugin) {
    const { app } = this.#plugins.get(plugin)!;
    return {
      name: `plugin ${plugin.name}`,
      start: async () => plugin.start?.(app),
      stop: async () => plugin.stop?.(app),
    };
  }
}

/** Middlewares without a plugin stay where they were used. */
function orderOf(use: Use): Order {
  return isMiddleware(use) ? {} : use;
}

function pluginsOf(uses: readonly Use[]): Plugin[] {
  return uses.filter((use) => !isMiddleware(use)) as Plugin[];
}

function invalid(message: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", message);
}
