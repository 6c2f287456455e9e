/** What can be used by an app, a router or a task. */
import type { Middleware } from "../worker/middleware.ts";
import type { Plugin } from "./plugin.ts";

/** A middleware wraps handlers; a plugin installs hooks, middlewares and pages. */
export type Use = Middleware | Plugin;

export function isPlugin(use: Use): use is Plugin {
  return typeof use !== "function";
}
