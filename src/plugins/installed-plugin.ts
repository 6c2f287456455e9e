/** One plugin in one app: what it has installed, and where that applies. */
import { QTasksError } from "../core/errors.ts";
import type { Route } from "../server/hooks.ts";
import type { Middleware } from "../worker/middleware.ts";
import type { HookTable } from "./hook-table.ts";
import type { Plugin, PluginApp, PluginScope, UseOptions } from "./plugin.ts";
import { componentOf, POINTS, type HookTypes, type PointName } from "./points.ts";
import { Reach } from "./reach.ts";

/** What all plugins of an app install into. */
export interface InstallTarget {
  readonly hooks: HookTable;
  readonly routes: Map<string, Route>;
}

export class InstalledPlugin {
  readonly plugin: Plugin;
  readonly reach = new Reach();
  /** What it wraps handlers with, the first outermost. */
  readonly middlewares: Middleware[] = [];
  readonly app: PluginApp;
  #components: UseOptions["components"];

  constructor(plugin: Plugin, app: PluginApp) {
    this.plugin = plugin;
    this.app = { ...app, logger: app.logger.child({ plugin: plugin.name }) };
  }

  /** The whole app uses it. */
  reachAll({ components }: UseOptions): void {
    this.reach.addAll();
    this.#components = components;
  }

  install(target: InstallTarget): void {
    const scope: PluginScope = {
      app: this.app,
      hook: (point, hook) => this.#hook(target, point, hook),
      middleware: (middleware) => void this.middlewares.push(middleware),
      route: (route) => this.#route(target, route),
    };
    this.plugin.install?.(scope);
  }

  #hook<Point extends PointName>(
    { hooks }: InstallTarget,
    point: Point,
    hook: HookTypes[Point],
  ): void {
    if (!Object.hasOwn(POINTS, point)) throw this.#invalid(`there is no point ${point}`);
    if (!this.reach.isAll && !POINTS[point].perTask)
      throw this.#invalid(`${point} knows no task: use the plugin by app.use()`);
    if (this.#components?.includes(componentOf(point)) === false) return;
    const { reach, plugin } = this;
    const hears = reach.isAll ? undefined : (task: string) => reach.has(task);
    hooks.add(point, { plugin: plugin.name, hook, hears });
  }

  #route({ routes }: InstallTarget, route: Route): void {
    const { path } = route;
    if (!this.reach.isAll)
      throw this.#invalid(`${path} is for no task: use the plugin by app.use()`);
    if (!path.startsWith("/")) throw this.#invalid(`a path begins with /; got ${path}`);
    if (routes.has(path)) throw this.#invalid(`the path ${path} is taken by another plugin`);
    if (this.#components?.includes("server") === false) return;
    routes.set(path, route);
  }

  #invalid(what: string): QTasksError {
    return new QTasksError("CONFIG_INVALID", `plugin ${this.plugin.name}: ${what}`);
  }
}
