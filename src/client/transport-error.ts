/** What connect-es throws, as the error that it was on the server. */
import { create } from "@bufbuild/protobuf";
import { AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";

import { QTasksError } from "../core/errors.ts";
import { REASON_KEY, TASK_STATE_KEY } from "../core/call-keys.ts";
import { statusError } from "./status-error.ts";

/** The error of a call that failed. `address` names the server where it could not be reached. */
export function transportError(thrown: unknown, address: string): QTasksError {
  if (thrown instanceof QTasksError) return thrown;
  const error = ConnectError.from(thrown);
  const status = {
    code: isUnreached(error) ? Code.Unavailable : error.code,
    message: error.rawMessage,
    reason: error.metadata.get(REASON_KEY) ?? undefined,
    details: error.details.flatMap(packed),
    cause: thrown,
  };
  return statusError(status, address);
}

/**
 * Nobody knows whether the call, which its caller did not cancel, came through, or the server says that it can't serve
 * now. False for the outcome of a task, whatever its code.
 */
export function isUnavailable(thrown: unknown): boolean {
  const error = ConnectError.from(thrown);
  if (error.metadata.has(TASK_STATE_KEY)) return false;
  return error.code === Code.Unavailable || isUnreached(error);
}

/**
 * A fault of the network, which connect-es has several codes for: `fetch` has one error for all of them; in Node a
 * connection that ends is Aborted over HTTP/1.1 and Canceled over HTTP/2. Callers know whether they canceled.
 */
function isUnreached({ code, cause, metadata }: ConnectError): boolean {
  if (code === Code.Unknown) return cause instanceof TypeError;
  // What a server sent has metadata, if only a date.
  return (code === Code.Aborted || code === Code.Canceled) && metadata.keys().next().done === true;
}

function packed(detail: ConnectError["details"][number]): Any[] {
  if ("desc" in detail) return [];
  return [
    create(AnySchema, { typeUrl: `type.googleapis.com/${detail.type}`, value: detail.value }),
  ];
}
