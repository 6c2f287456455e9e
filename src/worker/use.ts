/** What can be used by an app, a router or a task. */
import type { Middleware } from "./middleware.ts";

/**
 * A plugin as routers know it, which only carry it to their app; give your own the type `Plugin`, which says what its
 * members are.
 */
export interface UsedPlugin {
  readonly name: string;
  readonly before?: readonly string[] | undefined;
  readonly after?: readonly string[] | undefined;
  readonly install?: unknown;
  readonly start?: unknown;
  readonly stop?: unknown;
}

/** A middleware wraps handlers; a plugin installs hooks, middlewares and pages. */
export type Use = Middleware | UsedPlugin;

export function isMiddleware(use: Use): use is Middleware {
  return typeof use === "function";
}
