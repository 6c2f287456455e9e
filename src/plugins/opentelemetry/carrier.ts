/** A task's headers as what contexts travel in. */
import {
  ROOT_CONTEXT,
  trace,
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapSetter,
} from "@opentelemetry/api";
import type { EnqueueCall } from "../../core/enqueue-hook.ts";
import type { ResolvedOpenTelemetryOptions } from "./options.ts";

type Headers = Readonly<Record<string, string>>;
type Propagator = ResolvedOpenTelemetryOptions["propagator"];

const GETTER: TextMapGetter<Headers> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, key) => headers[key],
};

/** What the caller gave stays, such as baggage of its own. */
const SETTER: TextMapSetter<Record<string, string>> = {
  set: (headers, key, value) => void (headers[key] ??= value),
};

/** The context with what the headers carry. */
export function extracted(propagator: Propagator, context: Context, headers: Headers): Context {
  return propagator.extract(context, headers, GETTER);
}

/** The span that the caller gave among the headers, which is left as it is; baggage alone names none. */
export function spanGiven(propagator: Propagator, headers: Headers): SpanContext | undefined {
  if (!propagator.fields().some((field) => headers[field] !== undefined)) return undefined;
  return trace.getSpanContext(extracted(propagator, ROOT_CONTEXT, headers));
}

/** The call with the context in its task's headers, where they have none. */
export function withContext(
  propagator: Propagator,
  context: Context,
  call: EnqueueCall,
): EnqueueCall {
  const { request } = call;
  const spec = request.spec!;
  const headers = { ...spec.headers };
  propagator.inject(context, headers, SETTER);
  return { ...call, request: { ...request, spec: { ...spec, headers } } };
}
