/** How connect-node handled a call, learned from outside; see {@link Attempt.refusal}. */
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, createContextKey, type HandlerContext } from "@connectrpc/connect";
import { REASON_KEY } from "../../core/call-keys.ts";
import { QTasksError } from "../../core/errors.ts";
import { messageMalformed, messageTooLarge } from "../errors.ts";

/** The pass that a call is part of. */
export const ATTEMPT = createContextKey<Attempt | undefined>(undefined);

/** One pass of a request through connect-node. */
export class Attempt {
  /** Connect's own signal of the call: aborted with what it refuses the call for. */
  signal: AbortSignal | undefined;
  /** Whether a function of ours was called. */
  invoked = false;

  /** Our error for what Connect refused by itself, such as bytes that aren't the message. */
  refusal(method: DescMethod, maxBytes: number): QTasksError | undefined {
    if (this.invoked || this.signal?.aborted !== true) return undefined;
    const reason: unknown = this.signal.reason;
    if (!(reason instanceof ConnectError) || reason.metadata.has(REASON_KEY)) return undefined;
    const { code } = reason;
    if (code === Code.ResourceExhausted) return messageTooLarge("request", maxBytes);
    // Internal is what Connect says of bytes that it cannot decode.
    const isMalformed = code === Code.InvalidArgument || code === Code.Internal;
    return isMalformed ? malformed(method, reason) : undefined;
  }
}

function malformed(method: DescMethod, { rawMessage }: ConnectError): QTasksError {
  if (/timeout/.test(rawMessage)) return new QTasksError("MESSAGE_MALFORMED", rawMessage);
  return messageMalformed(method.input, rawMessage);
}

/** A function of ours was called. */
export function markInvoked(context: HandlerContext): void {
  const attempt = context.values.get(ATTEMPT);
  if (attempt !== undefined) attempt.invoked = true;
}
