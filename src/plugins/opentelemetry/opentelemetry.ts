/** The plugin: traces from callers to handlers, and metrics of both. */
import type { Plugin } from "../plugin.ts";
import { enqueueSpans } from "./enqueue-spans.ts";
import { handlerSpans } from "./handler-spans.ts";
import { Instruments } from "./instruments.ts";
import { SCOPE } from "./names.ts";
import { resolveOptions, type OpenTelemetryOptions } from "./options.ts";

/**
 * Traces and measures an app, a router or a task by OpenTelemetry. The program sets up the SDK: without one nothing is
 * told. An enqueue's span is below the caller's; the task carries it to its handler, whose span is below it in turn,
 * or in a trace of its own that is linked. Payloads and headers are never told. CONFIG_INVALID for a bad option.
 */
export function opentelemetry(options: OpenTelemetryOptions = {}): Plugin {
  const { tracerProvider, meterProvider, propagator, relation } = resolveOptions(options);
  return {
    name: "opentelemetry",
    install: (scope) => {
      const tracer = tracerProvider.getTracer(SCOPE);
      const instruments = new Instruments(meterProvider.getMeter(SCOPE));
      scope.hook("app.enqueue", enqueueSpans({ tracer, propagator, instruments }));
      scope.hook("worker.attemptEnded", (event) => instruments.attemptEnded(event));
      scope.middleware(handlerSpans({ tracer, propagator, relation }));
    },
  };
}
