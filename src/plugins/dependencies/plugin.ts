/** The plugin that gives handlers what they depend on. */
import type { Middleware } from "../../worker/middleware.ts";
import type { Plugin } from "../plugin.ts";
import { AppDependencies } from "./app-dependencies.ts";
import { resolveOptions, type DependenciesOptions } from "./options.ts";

/**
 * Makes the values of dependencies when handlers ask for them, and gives them up in the end. Used by `app.use`; several
 * apps may use one, each with values of its own. CONFIG_INVALID names an option that is wrong.
 */
export function dependencies(options: DependenciesOptions = {}): Plugin {
  const resolved = resolveOptions(options);
  return {
    name: "dependencies",
    install: ({ app, hook, middleware }) => {
      const own = new AppDependencies(resolved, app.logger);
      hook("worker.starting", () => own.startWorker());
      hook("worker.stopped", () => own.stopWorker());
      hook("app.stopped", () => own.stopApp());
      const run: Middleware = (context, next) => own.run(context, next);
      middleware(run);
      hook("app.task", (event) => {
        const registration = { ...event.registration, checkWithin: run };
        return { ...event, registration };
      });
    },
  };
}
