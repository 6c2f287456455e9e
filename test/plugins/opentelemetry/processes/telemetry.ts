/** The SDK as a program sets it up, once, for all its libraries. Ended spans become lines of a file. */
import { appendFileSync } from "node:fs";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace";

/** A span, as the file has it. */
export interface SpanLine {
  readonly pid: number;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
}

export function setUpTelemetry(file: string): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const spanProcessors = [new SimpleSpanProcessor({ exporter: toFile(file) })];
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
}

function toFile(file: string): SpanExporter {
  return {
    export: (spans, done) => {
      for (const span of spans) appendFileSync(file, `${JSON.stringify(lineOf(span))}\n`);
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
}

function lineOf(span: ReadableSpan): SpanLine {
  const { traceId, spanId } = span.spanContext();
  const { name, parentSpanContext } = span;
  return { pid: process.pid, name, traceId, spanId, parentSpanId: parentSpanContext?.spanId };
}
