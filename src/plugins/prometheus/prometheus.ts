/** The plugin: metrics of an app for Prometheus. */
import type { Registry } from "prom-client";
import type { Plugin, PluginApp } from "../plugin.ts";
import { AppMetrics } from "./app-metrics.ts";
import { resolveOptions, type PrometheusOptions } from "./options.ts";

export interface PrometheusPlugin extends Plugin {
  /** Holds the metrics while the app runs, for a program that shows them itself. */
  readonly registry: Registry;
}

/**
 * Counts what an app's server does, and shows it on the HTTP port, at `/metrics`. How queues stand is read from the
 * storage at each scrape. For `app.use`, not for routers or tasks. CONFIG_INVALID for a bad option.
 */
export function prometheus(options: PrometheusOptions = {}): PrometheusPlugin {
  const resolved = resolveOptions(options);
  const { registry, path, open } = resolved;
  const metricsOf = new WeakMap<PluginApp, AppMetrics>();
  return {
    name: "prometheus",
    registry,
    install: (scope) => {
      metricsOf.set(scope.app, new AppMetrics(resolved, scope));
      const handle = async () => ({
        contentType: registry.contentType,
        body: await registry.metrics(),
      });
      scope.route({ path, open, handle });
    },
    start: (app) => metricsOf.get(app)?.start(),
    stop: (app) => metricsOf.get(app)?.stop(),
  };
}
