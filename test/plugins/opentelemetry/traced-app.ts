/** Apps whose spans and metrics a test can look at. */
import type { TestContext } from "node:test";
import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from "@opentelemetry/sdk-trace";
import {
  opentelemetry,
  type OpenTelemetryOptions,
} from "../../../src/plugins/opentelemetry/index.ts";
import { memoryApp } from "../../app/memory-app.ts";

export const propagator = new W3CTraceContextPropagator();

/** What a program does at its start: what is active follows asynchronous calls. */
export function followAsyncCalls(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** An app in memory, its spans as they ended, and its metrics. */
export function tracedApp(t: TestContext, options: OpenTelemetryOptions = {}) {
  const spans = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor({ exporter: spans })];
  const tracerProvider = new TracerProvider({ spanProcessors });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter });
  const meterProvider = new MeterProvider({ readers: [reader] });
  t.after(() => meterProvider.shutdown());
  const app = memoryApp(t);
  const plugin = opentelemetry({ tracerProvider, meterProvider, propagator, ...options });
  app.use(plugin);
  return {
    app,
    plugin,
    tracer: tracerProvider.getTracer("test"),
    /** By name, in the order in which they ended. */
    spansOf: (name: string): ReadableSpan[] =>
      spans.getFinishedSpans().filter((span) => span.name === name),
    metricsOf: async (name: string) => {
      await reader.forceFlush();
      const [latest] = exporter.getMetrics().slice(-1);
      const all = latest?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
      return all.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
    },
  };
}

/** The one span of that name. */
export function only(spans: readonly ReadableSpan[]): ReadableSpan {
  if (spans.length !== 1) throw new Error(`expected one span; got ${spans.length}`);
  return spans[0]!;
}
