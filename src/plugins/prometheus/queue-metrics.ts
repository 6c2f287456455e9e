/** How queues stand, asked of the storage at each scrape. */
import type { Queue } from "../../../gen/qtasksapi/v1/admin_service_pb.ts";
import { durationMs } from "../../core/duration.ts";
import { stateName } from "../../core/state-names.ts";
import type { PluginApp } from "../plugin.ts";
import type { ResolvedPrometheusOptions } from "./options.ts";
import { ReadMetric, type Sample } from "./read-metric.ts";
import { readQueues } from "./read-queues.ts";
import { OTHER } from "./series-table.ts";

/** How the values of one queue's gauge become one where several queues are shown as `other`. */
type Merge = (one: number, other: number) => number;

const sum: Merge = (one, other) => one + other;
const max: Merge = (one, other) => Math.max(one, other);

export class QueueMetrics {
  readonly #options: ResolvedPrometheusOptions;
  readonly #app: PluginApp;
  #reading: Promise<readonly Queue[]> | undefined;
  #failures = 0;
  /** While this app is a server: others would show the same figures once more. */
  isServing = false;

  constructor(options: ResolvedPrometheusOptions, app: PluginApp) {
    this.#options = options;
    this.#app = app;
  }

  metrics(): ReadMetric[] {
    return [
      this.#gauge("queue_tasks", "Tasks that are kept, by state", sum, (queue) =>
        queue.states.map(({ state, count }) => ({
          labels: { state: stateName(state).toLowerCase() },
          value: Number(count),
        })),
      ),
      this.#gauge(
        "queue_oldest_waiting_seconds",
        "Age of the oldest task that could run",
        max,
        (queue) =>
          alone(
            queue.oldestPendingAge === undefined ? 0 : durationMs(queue.oldestPendingAge) / 1_000,
          ),
      ),
      this.#gauge("queue_paused", "Whether nothing is handed out", max, ({ paused }) =>
        alone(Number(paused)),
      ),
      this.#gauge("queue_workers", "Workers that take from it", max, ({ workerCount }) =>
        alone(workerCount),
      ),
      this.#gauge("queue_free_slots", "Tasks that these could take now", max, ({ freeSlots }) =>
        alone(freeSlots),
      ),
      new ReadMetric({
        name: `${this.#options.prefix}queue_read_failures_total`,
        help: "Scrapes that could not read the queues",
        type: "counter",
        read: async () => {
          await this.#read();
          return [{ labels: {}, value: this.#failures }];
        },
      }),
    ];
  }

  #gauge(
    name: string,
    help: string,
    merge: Merge,
    samplesOf: (queue: Queue) => Iterable<Sample>,
  ): ReadMetric {
    return new ReadMetric({
      name: this.#options.prefix + name,
      help,
      type: "gauge",
      read: async () =>
        capped(await this.#read(), { limit: this.#options.maxSeries, merge, samplesOf }),
    });
  }

  /** All gauges of a scrape, and scrapes at once, share one reading. */
  #read(): Promise<readonly Queue[]> {
    if (!this.isServing) return Promise.resolve([]);
    this.#reading ??= this.#readOnce().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readOnce(): Promise<readonly Queue[]> {
    try {
      return await readQueues(await this.#app.admin());
    } catch (err) {
      // The rest of the page is what tells why.
      this.#failures++;
      this.#app.logger.warn({ err }, "a scrape could not read the queues");
      return [];
    }
  }
}

function alone(value: number): Sample[] {
  return [{ labels: {}, value }];
}

interface Capped {
  readonly limit: number;
  readonly merge: Merge;
  readonly samplesOf: (queue: Queue) => Iterable<Sample>;
}

function capped(queues: readonly Queue[], { limit, merge, samplesOf }: Capped): Sample[] {
  const samples = new Map<string, Sample>();
  for (const [at, each] of queues.entries()) {
    const queue = at < limit ? each.name : OTHER;
    for (const { labels, value } of samplesOf(each)) {
      const key = `${queue} ${labels["state"] ?? ""}`;
      const known = samples.get(key);
      const merged = known === undefined ? value : merge(known.value, value);
      samples.set(key, { labels: { queue, ...labels }, value: merged });
    }
  }
  return [...samples.values()];
}
