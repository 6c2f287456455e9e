/** Calls that the listeners answered, and those that the pipeline made of storage and broker. */
import type { Reason } from "../../core/errors.ts";
import type { ComponentCall } from "../component-hooks.ts";
import type { PluginScope } from "../plugin.ts";
import { Distribution } from "./distribution.ts";
import type { ResolvedPrometheusOptions } from "./options.ts";
import { histogramSamples, ReadMetric, type Labels } from "./read-metric.ts";
import { SeriesTable } from "./series-table.ts";

class CallSeries {
  readonly byReason = new Map<Reason | undefined, number>();
  readonly durations: Distribution;

  constructor(buckets: readonly number[]) {
    this.durations = new Distribution(buckets);
  }

  add({ reason, durationMs }: Pick<ComponentCall, "reason" | "durationMs">): void {
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1);
    this.durations.add(durationMs);
  }
}

/** By what serves the call, and its method. */
type CallTable = SeriesTable<CallSeries>;

export class CallMetrics {
  readonly #prefix: string;
  readonly #server: CallTable;
  readonly #components: CallTable;

  constructor({ prefix, buckets, maxSeries }: ResolvedPrometheusOptions) {
    this.#prefix = prefix;
    this.#server = new SeriesTable(maxSeries, () => new CallSeries(buckets));
    this.#components = new SeriesTable(maxSeries, () => new CallSeries(buckets));
  }

  /** Counts from now on. */
  listen(scope: PluginScope): void {
    const [server, components] = [this.#server, this.#components];
    scope.hook("server.call", (event) => server.of("server", event.method).add(event));
    scope.hook("storage.call", (event) => components.of("storage", event.method).add(event));
    scope.hook("broker.call", (event) => components.of("broker", event.method).add(event));
  }

  metrics(): ReadMetric[] {
    const ofServer = (_: string, method: string): Labels => ({ method });
    const ofComponent = (component: string, method: string): Labels => ({ component, method });
    return [
      ...this.#pair("call", "Calls answered by gRPC and HTTP", this.#server, ofServer),
      ...this.#pair("component_call", "Calls of storage and broker", this.#components, ofComponent),
    ];
  }

  #pair(
    name: string,
    help: string,
    table: CallTable,
    labelsOf: (component: string, method: string) => Labels,
  ): ReadMetric[] {
    const [total, duration] = [`${name}s_total`, `${name}_duration_seconds`].map(
      (each) => this.#prefix + each,
    ) as [string, string];
    const counts = new ReadMetric({
      name: total,
      help,
      type: "counter",
      *read() {
        for (const [component, method, { byReason }] of table.entries())
          for (const [reason = "OK", value] of byReason)
            yield { labels: { ...labelsOf(component, method), reason }, value };
      },
    });
    const durations = new ReadMetric({
      name: duration,
      help: `${help}: how long they took`,
      type: "histogram",
      *read() {
        for (const [component, method, series] of table.entries())
          yield* histogramSamples(duration, labelsOf(component, method), series.durations);
      },
    });
    return [counts, durations];
  }
}
