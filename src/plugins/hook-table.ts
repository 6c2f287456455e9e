/** The hooks of an app, made into one function for each point. */
import type { Logger } from "pino";
import { composeHooks, type InstalledHook } from "./compose-hooks.ts";
import { POINTS, type HookTypes, type PointName } from "./points.ts";

export class HookTable {
  readonly #logger: Logger;
  readonly #installed = new Map<PointName, InstalledHook[]>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Adds a hook, called after those that were added before. */
  add(point: PointName, installed: InstalledHook): void {
    const all = this.#installed.get(point);
    if (all === undefined) this.#installed.set(point, [installed]);
    else all.push(installed);
  }

  /** All hooks of the point as one; undefined where there are none, so that a point without hooks costs nothing. */
  get<Point extends PointName>(point: Point): HookTypes[Point] | undefined {
    const installed = this.#installed.get(point);
    if (installed === undefined) return undefined;
    const inwards = point === "app.decode" ? installed.toReversed() : installed;
    const composed: unknown = composeHooks(POINTS[point], inwards, (err, plugin) =>
      this.#logger.error({ err, plugin, point }, "a hook failed; what it was told of goes on"),
    );
    return composed as HookTypes[Point];
  }
}
