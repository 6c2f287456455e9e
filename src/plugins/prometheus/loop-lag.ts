/** How late this process's event loop is. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { ReadMetric, type Sample } from "./read-metric.ts";

/** In ms. It wakes an idle process that often. */
const RESOLUTION_MS = 20;
const QUANTILES = [0.5, 0.9, 0.99, 1];
const NS_PER_S = 1e9;

export class LoopLag {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  start(): void {
    this.#delays.enable();
  }

  stop(): void {
    this.#delays.disable();
  }

  metrics(): ReadMetric[] {
    return [
      new ReadMetric({
        name: `${this.#prefix}event_loop_lag_seconds`,
        help: "How late timers were since the last scrape",
        type: "gauge",
        read: () => this.#read(),
      }),
    ];
  }

  #read(): Sample[] {
    const delays = this.#delays;
    // What is measured is from one tick to the next.
    const lagOf = (ns: number): number => Math.max(0, ns / NS_PER_S - RESOLUTION_MS / 1_000);
    const samples = QUANTILES.map((quantile) => ({
      labels: { quantile },
      value: delays.count === 0 ? 0 : lagOf(delays.percentile(quantile * 100)),
    }));
    delays.reset();
    return samples;
  }
}
