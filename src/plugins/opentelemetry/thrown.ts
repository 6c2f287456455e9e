/** What was thrown, on a span. */
import { SpanStatusCode, type Exception, type Span } from "@opentelemetry/api";
import { QTasksError } from "../../core/errors.ts";
import { ATTRIBUTE } from "./names.ts";

/** Marks the span as failed. `type`: where it is known better than by the error. */
export function recordThrown(span: Span, thrown: unknown, type = errorType(thrown)): void {
  span.setAttribute(ATTRIBUTE.errorType, type);
  span.setStatus({ code: SpanStatusCode.ERROR, message: type });
  const exception = exceptionOf(thrown);
  if (exception !== undefined) span.recordException(exception);
}

/** A reason, a type that a handler chose, or the error's class. */
export function errorType(thrown: unknown): string {
  if (thrown instanceof QTasksError) return thrown.reason;
  if (!(thrown instanceof Error)) return "_OTHER";
  try {
    const { type, name } = thrown as { readonly type?: unknown; readonly name: unknown };
    const known = [type, name].find((text) => typeof text === "string" && text !== "");
    return (known as string | undefined) ?? "_OTHER";
  } catch {
    // Getters of a thrown object can throw in turn.
    return "_OTHER";
  }
}

/** A copy: nothing that a hostile error does may change what becomes of the attempt. Other values may be payloads. */
function exceptionOf(thrown: unknown): Exception | undefined {
  if (!(thrown instanceof Error)) return undefined;
  try {
    const { name, message, stack } = thrown;
    return { name: String(name), message: String(message), stack: String(stack) };
  } catch {
    return undefined;
  }
}
