/** What the plugin traces and measures by. */
import {
  metrics,
  propagation,
  trace,
  type MeterProvider,
  type TextMapPropagator,
  type TracerProvider,
} from "@opentelemetry/api";
import { QTasksError } from "../../core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";

/**
 * How a handler's span stands to the enqueue's. `child`: in the same trace, below it. `link`: in a trace of its own that
 * points to it, for work that runs long after its caller or fans out widely.
 */
export type TraceRelation = "child" | "link";

export interface OpenTelemetryOptions {
  /** @default the one that is registered with OpenTelemetry's API */
  readonly tracerProvider?: TracerProvider | undefined;
  /** @default the one that is registered with OpenTelemetry's API when the app starts */
  readonly meterProvider?: MeterProvider | undefined;
  /**
   * Writes the caller's context into the task's headers and reads it from them. @default the one that is registered with
   * OpenTelemetry's API
   */
  readonly propagator?: Pick<TextMapPropagator, "inject" | "extract" | "fields"> | undefined;
  /** @default "child" */
  readonly relation?: TraceRelation | undefined;
}

export type ResolvedOpenTelemetryOptions = {
  readonly [K in keyof OpenTelemetryOptions]-?: NonNullable<OpenTelemetryOptions[K]>;
};

const OPTIONS: NamesOf<OpenTelemetryOptions> = {
  tracerProvider: true,
  meterProvider: true,
  propagator: true,
  relation: true,
};

/** The options with defaults. CONFIG_INVALID naming the option, what is expected and what came. */
export function resolveOptions(options: OpenTelemetryOptions): ResolvedOpenTelemetryOptions {
  checkConfigOptions("opentelemetry", options, OPTIONS);
  const {
    tracerProvider = trace,
    meterProvider = metrics,
    propagator = propagation,
    relation = "child",
  } = options;
  check("tracerProvider", "a TracerProvider", hasMethods(tracerProvider, "getTracer"));
  check("meterProvider", "a MeterProvider", hasMethods(meterProvider, "getMeter"));
  const canPropagate = hasMethods(propagator, "inject", "extract", "fields");
  check("propagator", "a TextMapPropagator", canPropagate);
  const isRelation = ["child", "link"].includes(relation);
  check("relation", `"child" or "link"`, isRelation, JSON.stringify(relation));
  return Object.freeze({ tracerProvider, meterProvider, propagator, relation });
}

function hasMethods(given: unknown, ...names: string[]): boolean {
  const methods = given as Readonly<Record<string, unknown>> | null;
  return names.every((name) => typeof methods?.[name] === "function");
}

function check(option: string, expected: string, isGood: boolean, came = "something else"): void {
  if (isGood) return;
  throw new QTasksError(
    "CONFIG_INVALID",
    `opentelemetry: ${option}: expected ${expected}; got ${came}`,
  );
}
