/** Where metrics are shown, and how many there may be. */
import { Registry } from "prom-client";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";

export interface PrometheusOptions {
  /** Holds the metrics; it may hold others besides, which are shown too. @default a new one */
  readonly registry?: Registry | undefined;
  /** Begins the name of each metric. @default "qtasks_" */
  readonly prefix?: string | undefined;
  /** Where the page is, on the HTTP port. @default "/metrics" */
  readonly path?: string | undefined;
  /** Shows the page without the server's token. @default false */
  readonly open?: boolean | undefined;
  /** Upper bounds of the histograms, in seconds, rising. @default from 1 ms to 1 h */
  readonly buckets?: readonly number[] | undefined;
  /**
   * Pairs of task and queue that have metrics of their own, likewise queues and methods of calls. What comes beyond is
   * counted as `other`. 1 to 10,000. @default 200
   */
  readonly maxSeries?: number | undefined;
  /** Adds what prom-client tells of the process: CPU, memory, garbage collection. @default false */
  readonly defaultMetrics?: boolean | undefined;
}

export type ResolvedPrometheusOptions = {
  readonly [K in keyof PrometheusOptions]-?: NonNullable<PrometheusOptions[K]>;
};

const OPTIONS: NamesOf<PrometheusOptions> = {
  registry: true,
  prefix: true,
  path: true,
  open: true,
  buckets: true,
  maxSeries: true,
  defaultMetrics: true,
};

const BUCKETS: readonly number[] = Object.freeze([
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600,
]);

/** The options with defaults. CONFIG_INVALID naming the option, what is expected and what came. */
export function resolveOptions(options: PrometheusOptions): ResolvedPrometheusOptions {
  checkConfigOptions("prometheus", options, OPTIONS);
  const {
    registry = new Registry(),
    prefix = "qtasks_",
    path = "/metrics",
    open = false,
    buckets = BUCKETS,
    maxSeries = 200,
    defaultMetrics = false,
  } = options;
  const isRegistry = typeof (registry as Partial<Registry> | null)?.registerMetric === "function";
  check("registry", "a Registry of prom-client", isRegistry, typeof registry);
  const isPrefix = /^([a-zA-Z_:][\w:]*)?$/.test(prefix);
  check("prefix", "letters, digits, _ and :, no digit first", isPrefix, prefix);
  check("path", "a path that begins with /", path.startsWith("/"), path);
  check("buckets", "one or more numbers over 0, rising", isRising(buckets), buckets);
  const isWithin = Number.isInteger(maxSeries) && maxSeries >= 1 && maxSeries <= 10_000;
  check("maxSeries", "a whole number from 1 to 10000", isWithin, maxSeries);
  return Object.freeze({ registry, prefix, path, open, buckets, maxSeries, defaultMetrics });
}

function isRising(bounds: readonly number[]): boolean {
  const rises = (bound: number, at: number): boolean =>
    Number.isFinite(bound) && bound > (at === 0 ? 0 : bounds[at - 1]!);
  return Array.isArray(bounds) && bounds.length > 0 && bounds.every(rises);
}

function check(option: string, expected: string, isGood: boolean, came: unknown): void {
  if (isGood) return;
  throw new QTasksError(
    "CONFIG_INVALID",
    `prometheus: ${option}: expected ${expected}; got ${JSON.stringify(came)}`,
  );
}
