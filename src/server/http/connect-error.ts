/** Errors as connect-node sends them; it builds trailers, end-of-stream messages and JSON itself. */
import { ConnectError } from "@connectrpc/connect";

import { REASON_KEY } from "../../core/call-keys.ts";
import { QTasksError } from "../../core/errors.ts";
import { wireStatus } from "../status.ts";

/** The same code, message, details and reason that gRPC gets; Connect's codes are gRPC's numbers. */
export function connectError(error: QTasksError): ConnectError {
  const { code, message, reason, details } = wireStatus(error);
  return new ConnectError(message, code, { [REASON_KEY]: reason }, [...details], error);
}

/** Whatever a function threw; the calls have made QTasksErrors of all that callers may see. */
export function asConnectError(thrown: unknown): ConnectError {
  return connectError(QTasksError.from(thrown));
}
