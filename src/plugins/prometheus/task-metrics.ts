/** Tasks and attempts, as this server's pipeline has seen them. */
import { attemptStateName, stateName } from "../../core/state-names.ts";
import type { PluginScope } from "../plugin.ts";
import type { Distribution } from "./distribution.ts";
import type { ResolvedPrometheusOptions } from "./options.ts";
import { histogramSamples, ReadMetric, type Labels, type Sample } from "./read-metric.ts";
import { SeriesTable } from "./series-table.ts";
import { TaskSeries } from "./task-series.ts";

type NameOfState = (state: number) => string;

export class TaskMetrics {
  readonly #prefix: string;
  readonly #table: SeriesTable<TaskSeries>;
  #staleOutcomes = 0;

  constructor({ prefix, buckets, maxSeries }: ResolvedPrometheusOptions) {
    this.#prefix = prefix;
    this.#table = new SeriesTable(maxSeries, () => new TaskSeries(buckets));
  }

  /** Counts from now on. */
  listen(scope: PluginScope): void {
    const table = this.#table;
    scope.hook("pipeline.enqueued", ({ task, queue }) => void table.of(task, queue).enqueued++);
    scope.hook("pipeline.handedOut", (event) =>
      table.of(event.task, event.queue).addHandedOut(event),
    );
    scope.hook("pipeline.attemptEnded", (event) =>
      table.of(event.task, event.queue).addAttempt(event),
    );
    scope.hook("pipeline.ended", (event) => table.of(event.task, event.queue).addTask(event));
    scope.hook("pipeline.staleOutcome", () => void this.#staleOutcomes++);
  }

  metrics(): ReadMetric[] {
    return [
      this.#counter("tasks_enqueued_total", "Tasks stored", (series) => series.enqueued),
      this.#counter("tasks_handed_out_total", "Hand-outs to workers", (series) => series.handedOut),
      this.#counter(
        "leases_lost_total",
        "Attempts whose worker was lost",
        (series) => series.leasesLost,
      ),
      this.#byState(
        "attempts_ended_total",
        "Attempts that ended",
        (series) => series.attemptsByState,
        attemptStateName,
      ),
      this.#byState(
        "tasks_ended_total",
        "Tasks that ended",
        (series) => series.tasksByState,
        stateName,
      ),
      this.#histogram("task_waiting_seconds", "From due to handed out", (series) => series.waited),
      this.#histogram(
        "attempt_duration_seconds",
        "From handed out to ended",
        (series) => series.attemptDuration,
      ),
      this.#histogram(
        "task_duration_seconds",
        "From enqueued to ended",
        (series) => series.taskDuration,
      ),
      new ReadMetric({
        name: `${this.#prefix}stale_outcomes_total`,
        help: "Outcomes that came too late to count",
        type: "counter",
        read: () => [{ labels: {}, value: this.#staleOutcomes }],
      }),
    ];
  }

  #counter(name: string, help: string, valueOf: (series: TaskSeries) => number): ReadMetric {
    return this.#metric({ name, help, type: "counter" }, (series, labels) => [
      { labels, value: valueOf(series) },
    ]);
  }

  #byState(
    name: string,
    help: string,
    countsOf: (series: TaskSeries) => ReadonlyMap<number, number>,
    nameOf: NameOfState,
  ): ReadMetric {
    return this.#metric({ name, help, type: "counter" }, (series, labels) =>
      [...countsOf(series)].map(([state, value]) => ({
        labels: { ...labels, state: nameOf(state).toLowerCase() },
        value,
      })),
    );
  }

  #histogram(name: string, help: string, of: (series: TaskSeries) => Distribution): ReadMetric {
    const full = this.#prefix + name;
    return this.#metric({ name, help, type: "histogram" }, (series, labels) =>
      histogramSamples(full, labels, of(series)),
    );
  }

  #metric(
    { name, ...facts }: Pick<ReadMetric, "name" | "type"> & { readonly help: string },
    samplesOf: (series: TaskSeries, labels: Labels) => Iterable<Sample>,
  ): ReadMetric {
    const table = this.#table;
    return new ReadMetric({
      ...facts,
      name: this.#prefix + name,
      *read() {
        for (const [task, queue, series] of table.entries())
          yield* samplesOf(series, { task, queue });
      },
    });
  }
}
