/** The plugins and middlewares of one app, from their use to their end. */
import { QTasksError } from "../core/errors.ts";
import { throwConfigFaults, unknownOptions, type NamesOf } from "../core/known-options.ts";
import type { Route } from "../server/hooks.ts";
import type { Middleware } from "../worker/middleware.ts";
import { checkUse, isMiddleware, type Use } from "../worker/use.ts";
import { Installation, type OwnUse, type TaskUses } from "./installation.ts";
import type { Plugin, PluginApp, UseOptions } from "./plugin.ts";
import { componentOf, POINTS, type HookTypes, type PointName } from "./points.ts";

const USE_OPTIONS: NamesOf<UseOptions> = { components: true };

export class PluginSet {
  readonly #app: PluginApp;
  readonly #own: OwnUse[] = [];
  #installation: Installation | undefined;

  constructor(app: PluginApp) {
    this.#app = app;
  }

  /** For all tasks of the app. CONFIG_INVALID for what is neither, and once the app has been started or connected. */
  use(use: Middleware | Plugin, options: UseOptions): void {
    if (this.#installation !== undefined)
      throw new QTasksError(
        "CONFIG_INVALID",
        "the app has been started or connected: use plugins and middlewares before",
      );
    checkUse("app.use", use);
    checkUseOptions(options);
    this.#own.push({ use, options });
  }

  /** Whether the app itself uses a plugin of that name. */
  has(name: string): boolean {
    return this.#own.some(({ use }) => !isMiddleware(use) && use.name === name);
  }

  /**
   * Installs everything, or throws and installs nothing. `routers`: what they use; `tasks`: those that the app has by
   * now.
   */
  install(routers: readonly Use[], tasks: readonly TaskUses[]): void {
    this.#installation = new Installation({ app: this.#app, own: this.#own, routers, tasks });
  }

  /** Takes back what {@link install} did. */
  uninstall(): void {
    this.#installation = undefined;
  }

  /** As {@link Installation.check}. Once all is installed. */
  check(task: TaskUses): void {
    this.#installation!.check(task);
  }

  /** As {@link Installation.add}. Once all is installed. */
  add(task: TaskUses): void {
    this.#installation!.add(task);
  }

  /** As {@link Installation.middlewaresOf}. Once all is installed. */
  middlewaresOf(task: TaskUses): Middleware[] {
    return this.#installation!.middlewaresOf(task);
  }

  /** All hooks of a point as one; undefined where there are none. Once all is installed. */
  hook<Point extends PointName>(point: Point): HookTypes[Point] | undefined {
    return this.#installation!.hooks.get(point);
  }

  /** Once all is installed. */
  get routes(): readonly Route[] {
    return [...this.#installation!.routes.values()];
  }

  /** In order; when one fails, those that started are stopped. */
  async start(): Promise<void> {
    await this.#installation?.starter.start();
  }

  /** In reverse order. Rejects with a StopError when one did not stop cleanly. */
  async stop(): Promise<void> {
    await this.#installation?.starter.stop();
  }
}

/** CONFIG_INVALID also for a component that there is not: its hooks would be left out, and others with them. */
function checkUseOptions(options: UseOptions): void {
  throwConfigFaults("app.use", unknownOptions(options, USE_OPTIONS));
  const { components } = options;
  const known = new Set((Object.keys(POINTS) as PointName[]).map(componentOf));
  if (components === undefined) return;
  if (Array.isArray(components) && components.every((each) => known.has(each as never))) return;
  const description = `expected a list of ${[...known].join(", ")}; got ${JSON.stringify(components)}`;
  throwConfigFaults("app.use", [{ field: "components", description }]);
}
