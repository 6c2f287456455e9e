/** All metrics of one app. */
import { collectDefaultMetrics, type Registry } from "prom-client";
import { QTasksError } from "../../core/errors.ts";
import type { PluginScope } from "../plugin.ts";
import { CallMetrics } from "./call-metrics.ts";
import { LoopLag } from "./loop-lag.ts";
import type { ResolvedPrometheusOptions } from "./options.ts";
import { QueueMetrics } from "./queue-metrics.ts";
import type { ReadMetric } from "./read-metric.ts";
import { TaskMetrics } from "./task-metrics.ts";

/** One of those that prom-client tells of the process. */
const A_DEFAULT_METRIC = "process_cpu_seconds_total";

/** Counters go on where the app is stopped and started again. */
export class AppMetrics {
  readonly #options: ResolvedPrometheusOptions;
  readonly #loopLag: LoopLag;
  readonly #metrics: readonly ReadMetric[];
  #isShown = false;

  constructor(options: ResolvedPrometheusOptions, scope: PluginScope) {
    this.#options = options;
    const tasks = new TaskMetrics(options);
    const calls = new CallMetrics(options);
    const queues = new QueueMetrics(options, scope.app);
    const loopLag = (this.#loopLag = new LoopLag(options.prefix));
    tasks.listen(scope);
    calls.listen(scope);
    scope.hook("app.starting", ({ server }) => void (queues.isServing = server));
    scope.hook("app.stopped", () => void (queues.isServing = false));
    this.#metrics = [tasks, calls, queues, loopLag].flatMap((part) => part.metrics());
  }

  /** Puts them into the registry. CONFIG_INVALID where that has metrics of these names. */
  start(): void {
    const { registry, prefix, defaultMetrics } = this.#options;
    for (const { key } of this.#metrics) if (has(registry, key)) throw taken(key, prefix);
    for (const metric of this.#metrics) registry.registerMetric(metric);
    this.#isShown = true;
    if (defaultMetrics && !has(registry, A_DEFAULT_METRIC))
      collectDefaultMetrics({ register: registry });
    this.#loopLag.start();
  }

  /** Takes them out of the registry. Also where the start failed. */
  stop(): void {
    this.#loopLag.stop();
    if (!this.#isShown) return;
    this.#isShown = false;
    for (const { key } of this.#metrics) this.#options.registry.removeSingleMetric(key);
  }
}

function has(registry: Registry, name: string): boolean {
  return registry.getSingleMetric(name) !== undefined;
}

function taken(name: string, prefix: string): QTasksError {
  return new QTasksError(
    "CONFIG_INVALID",
    `prometheus: registry: it has a metric ${name} already; give each app a registry of its own, or a prefix other than ${prefix}`,
  );
}
