/** A span around each attempt's handler, tied to the enqueue by the task's headers. */
import {
  context as contexts,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
} from "@opentelemetry/api";
import type { HandlerContext } from "../../worker/context.ts";
import { AttemptAbortedError, SnoozeError } from "../../worker/errors.ts";
import type { Middleware } from "../../worker/middleware.ts";
import { extracted } from "./carrier.ts";
import { ATTRIBUTE, SYSTEM } from "./names.ts";
import type { ResolvedOpenTelemetryOptions } from "./options.ts";
import { recordThrown } from "./thrown.ts";

export interface HandlerSpanParts extends Pick<
  ResolvedOpenTelemetryOptions,
  "propagator" | "relation"
> {
  readonly tracer: Tracer;
}

/** The span is active for the handler, so that what it calls and enqueues is below it. */
export function handlerSpans({ tracer, propagator, relation }: HandlerSpanParts): Middleware {
  return async (context, next) => {
    // Not the active context: that is of whatever made this worker take the task.
    const carried = extracted(propagator, ROOT_CONTEXT, context.headers);
    const options = { kind: SpanKind.CONSUMER, attributes: factsOf(context) };
    const span =
      relation === "child"
        ? tracer.startSpan(spanName(context), options, carried)
        : tracer.startSpan(spanName(context), linked(options, carried), carried);
    try {
      const result = await contexts.with(trace.setSpan(carried, span), () => next());
      if (span.isRecording()) recordAbort(span, context);
      return result;
    } catch (thrown) {
      recordEnd(span, context, thrown);
      throw thrown;
    } finally {
      span.end();
    }
  };
}

function linked(options: SpanOptions, carried: Context): SpanOptions {
  const context = trace.getSpanContext(carried);
  return { ...options, root: true, links: context === undefined ? [] : [{ context }] };
}

function spanName({ name }: HandlerContext): string {
  return `process ${name}`;
}

function factsOf({ taskId, name, queue, attempt, parentTaskId }: HandlerContext): Attributes {
  const facts: Attributes = {
    [ATTRIBUTE.system]: SYSTEM,
    [ATTRIBUTE.operationName]: "process",
    [ATTRIBUTE.operationType]: "process",
    [ATTRIBUTE.destination]: queue,
    [ATTRIBUTE.messageId]: taskId,
    [ATTRIBUTE.task]: name,
    [ATTRIBUTE.attempt]: attempt,
  };
  if (parentTaskId !== undefined) facts[ATTRIBUTE.parentTaskId] = parentTaskId;
  return facts;
}

/** How the attempt ended, where its handler threw. */
function recordEnd(span: Span, context: HandlerContext, thrown: unknown): void {
  if (recordAbort(span, context)) return;
  if (thrown instanceof SnoozeError) span.setAttribute(ATTRIBUTE.result, "release");
  else recordThrown(span, thrown);
}

/** True where the attempt was aborted: what its handler does then is no news. */
function recordAbort(span: Span, { signal }: HandlerContext): boolean {
  const reason: unknown = signal.aborted ? signal.reason : undefined;
  if (!(reason instanceof AttemptAbortedError)) return false;
  if (reason.why === "canceled") span.setAttribute(ATTRIBUTE.result, "canceled");
  else if (reason.why === "stopping") span.setAttribute(ATTRIBUTE.result, "release");
  else recordThrown(span, reason, reason.why);
  return true;
}
