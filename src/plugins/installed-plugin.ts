/** One plugin in one app: what it has installed, and where that applies. */
import { QTasksError } from "../core/errors.ts";
import { typeName } from "../core/shown.ts";
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
  #isOver = false;

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
      middleware: (middleware) => {
        this.#check("a middleware", middleware);
        this.middlewares.push(middleware);
      },
      route: (route) => this.#route(target, route),
    };
    const given: unknown = this.plugin.install?.(scope);
    this.#isOver = true;
    if (given instanceof Promise) throw this.#waits(given);
  }

  /** CONFIG_INVALID for what is no function, and for what comes when all has been put together without it. */
  #check(what: string, given: unknown): void {
    if (this.#isOver)
      throw this.#invalid(`${what} comes too late: they are installed before install() returns`);
    if (typeof given !== "function")
      throw this.#invalid(`${what}: expected a function; got ${typeName(given)}`);
  }

  #waits(given: Promise<unknown>): QTasksError {
    // Nobody waits for it: were it to reject, it would end the process.
    given.catch(() => undefined);
    return this.#invalid(
      "install() gave a promise; it is to install at once, as what comes later is left out: wait in start()",
    );
  }

  #hook<Point extends PointName>(
    { hooks }: InstallTarget,
    point: Point,
    hook: HookTypes[Point],
  ): void {
    if (!Object.hasOwn(POINTS, point)) throw this.#invalid(`there is no point ${point}`);
    this.#check(`a hook at ${point}`, hook);
    if (!this.reach.isAll && !POINTS[point].perTask)
      throw this.#invalid(`${point} knows no task: use the plugin by app.use()`);
    if (this.#components?.includes(componentOf(point)) === false) return;
    const { reach, plugin } = this;
    const hears = reach.isAll ? undefined : (task: string) => reach.has(task);
    hooks.add(point, { plugin: plugin.name, hook, hears });
  }

  #route({ routes }: InstallTarget, route: Route): void {
    const { path, handle } = route;
    this.#check(`the page ${path}`, handle);
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
