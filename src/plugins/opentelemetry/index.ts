/** What a program imports from `qtasks/plugins/opentelemetry`. */
export { opentelemetry } from "./opentelemetry.ts";
export type { OpenTelemetryOptions, TraceRelation } from "./options.ts";
