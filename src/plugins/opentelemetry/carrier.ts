/** A task's headers as what contexts travel in. */
import type { Context, TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import type { EnqueueCall } from "../../core/enqueue-hook.ts";
import type { ResolvedOpenTelemetryOptions } from "./options.ts";

type Headers = Readonly<Record<string, string>>;
type Propagator = ResolvedOpenTelemetryOptions["propagator"];

const GETTER: TextMapGetter<Headers> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, key) => headers[key],
};

const SETTER: TextMapSetter<Record<string, string>> = {
  set: (headers, key, value) => void (headers[key] = value),
};

/** The context with what the headers carry. */
export function extracted(propagator: Propagator, context: Context, headers: Headers): Context {
  return propagator.extract(context, headers, GETTER);
}

/** Whether the caller gave a context of its own, which is left as it is. */
export function carriesContext(propagator: Propagator, headers: Headers): boolean {
  return propagator.fields().some((field) => headers[field] !== undefined);
}

/** The call with the context in its task's headers. */
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
