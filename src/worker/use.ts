/** What can be used by an app, a router or a task. */
import { QTasksError } from "../core/errors.ts";
import { typeName } from "../core/shown.ts";
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

/** CONFIG_INVALID for what is neither, as programs without types may give; `where` it was used. */
export function checkUse(where: string, use: unknown): void {
  const { name } = Object(use) as Partial<UsedPlugin>;
  if (typeof use === "function" || (typeof name === "string" && name !== "")) return;
  const why = `expected a middleware, or a plugin with a name; got ${typeName(use)}`;
  throw new QTasksError("CONFIG_INVALID", `${where}: ${why}`);
}
