/**
 * A metric of prom-client that is read at each scrape. What happens is counted in plain numbers: prom-client finds a
 * series by joining its labels each time, which on the way of every task costs more than all the rest.
 */
import { Gauge } from "prom-client";
import type { Distribution } from "./distribution.ts";

export type Labels = Readonly<Record<string, string | number>>;

/** One line of the page. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** Of a histogram's lines. @default the metric's */
  readonly metricName?: string | undefined;
}

export interface ReadMetricParts {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly read: () => Iterable<Sample> | Promise<Iterable<Sample>>;
}

export class ReadMetric extends Gauge {
  /** Under which a registry has it. */
  readonly key: string;
  // Set by prom-client, which for OpenMetrics changes it.
  declare readonly name: string;
  readonly type: ReadMetricParts["type"];
  readonly #parts: ReadMetricParts;

  /** In no registry yet. */
  constructor(parts: ReadMetricParts) {
    super({ name: parts.name, help: parts.help, registers: [] });
    this.key = parts.name;
    this.type = parts.type;
    this.#parts = parts;
  }

  override async get(): ReturnType<Gauge["get"]> {
    const { help, type, read } = this.#parts;
    const values = [...(await read())];
    return { name: this.name, help, type, values, aggregator: "sum" } as unknown as Awaited<
      ReturnType<Gauge["get"]>
    >;
  }
}

/** The lines of one series of a histogram. */
export function* histogramSamples(
  name: string,
  labels: Labels,
  distribution: Distribution,
): Generator<Sample> {
  let all = 0;
  for (const [bound, count] of distribution.cumulative()) {
    const le = bound === Infinity ? "+Inf" : bound;
    yield { metricName: `${name}_bucket`, labels: { le, ...labels }, value: count };
    all = count;
  }
  yield { metricName: `${name}_sum`, labels, value: distribution.sum };
  yield { metricName: `${name}_count`, labels, value: all };
}
