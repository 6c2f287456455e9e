/** Errors that rule out that the call did anything. */
import { REASONS, type StatusCode } from "../../../src/core/errors.ts";

const REFUSALS: ReadonlySet<StatusCode> = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "FAILED_PRECONDITION",
  "ABORTED",
  "UNAUTHENTICATED",
  "PERMISSION_DENIED",
  "UNIMPLEMENTED",
]);

/** After any other error, such as a lost connection, a deadline or INTERNAL, the call is a maybe. */
export function isRefusal(reason: string): boolean {
  const code = Object.hasOwn(REASONS, reason) ? REASONS[reason as keyof typeof REASONS] : reason;
  return REFUSALS.has(code as StatusCode);
}
