/** A span around each enqueue, which the task carries to its handler. */
import {
  context as contexts,
  SpanKind,
  trace,
  type Attributes,
  type Tracer,
} from "@opentelemetry/api";
import type { EnqueueCall, EnqueueHook } from "../../core/enqueue-hook.ts";
import { spanGiven, withContext } from "./carrier.ts";
import type { Instruments } from "./instruments.ts";
import { ATTRIBUTE, SYSTEM } from "./names.ts";
import type { ResolvedOpenTelemetryOptions } from "./options.ts";
import { errorType, recordThrown } from "./thrown.ts";

export interface EnqueueSpanParts extends Pick<ResolvedOpenTelemetryOptions, "propagator"> {
  readonly tracer: Tracer;
  readonly instruments: Instruments;
}

/** Below the span that is active for the caller. Of a run it lasts until the result is there. */
export function enqueueSpans(parts: EnqueueSpanParts): EnqueueHook {
  const { tracer, propagator, instruments } = parts;
  return async (call, next) => {
    const startedAt = performance.now();
    const facts = factsOf(call);
    const given = spanGiven(propagator, call.request.spec!.headers);
    const caller = contexts.active();
    const span = tracer.startSpan(
      spanName(call),
      {
        kind: SpanKind.PRODUCER,
        attributes: { ...facts, ...idsOf(call) },
        links: given === undefined ? [] : [{ context: given }],
      },
      caller,
    );
    const within = trace.setSpan(caller, span);
    const sent = given === undefined ? withContext(propagator, within, call) : call;
    let failure: string | undefined;
    try {
      return await contexts.with(within, () => next(sent));
    } catch (thrown) {
      failure = errorType(thrown);
      recordThrown(span, thrown, failure);
      throw thrown;
    } finally {
      span.end();
      instruments.enqueued(facts, performance.now() - startedAt, failure);
    }
  };
}

function spanName({ operation, request }: EnqueueCall): string {
  return `${nameOf(operation)} ${request.spec!.name}`;
}

function nameOf(operation: EnqueueCall["operation"]): string {
  return operation === "run" ? "run" : "enqueue";
}

/** Few values: they are those of metrics too. */
function factsOf({ operation, request }: EnqueueCall): Attributes {
  const { name, options } = request.spec!;
  const facts: Attributes = {
    [ATTRIBUTE.system]: SYSTEM,
    [ATTRIBUTE.operationName]: nameOf(operation),
    [ATTRIBUTE.operationType]: "send",
    [ATTRIBUTE.task]: name,
  };
  // Unset where the task's definition says it, which only the server knows.
  if (options !== undefined && options.queue !== "") facts[ATTRIBUTE.destination] = options.queue;
  return facts;
}

function idsOf({ request }: EnqueueCall): Attributes {
  const { parentTaskId } = request.spec!;
  const ids: Attributes = { [ATTRIBUTE.messageId]: request.taskId };
  if (parentTaskId !== "") ids[ATTRIBUTE.parentTaskId] = parentTaskId;
  return ids;
}
