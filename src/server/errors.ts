/** The errors that the edge makes by itself, and what becomes of those it did not expect. */
import { randomUUID } from "node:crypto";

import type { DescMessage } from "@bufbuild/protobuf";
import type { Logger } from "pino";

import { QTasksError } from "../core/errors.ts";

/** How long a caller should wait before it calls a server again that shuts down. */
const SHUTDOWN_RETRY_MS = 1_000;

/**
 * The error that the caller may see. Unexpected ones are logged under a random id, and the caller
 * gets only the id: their text may hold what is not the caller's.
 */
export function visibleError(thrown: unknown, method: string, logger: Logger): QTasksError {
  const error = QTasksError.from(thrown);
  if (error.reason !== "INTERNAL") return error;
  const errorId = randomUUID();
  logger.error({ err: thrown, errorId, method }, "a call failed unexpectedly");
  return new QTasksError("INTERNAL", `internal error; the server's log has it as ${errorId}`, {
    metadata: { error_id: errorId },
  });
}

/** MESSAGE_MALFORMED for bytes or JSON that isn't the message. */
export function messageMalformed(message: DescMessage, detail: string): QTasksError {
  return new QTasksError("MESSAGE_MALFORMED", `not a ${message.typeName}: ${detail}`, {
    metadata: { message_type: message.typeName },
  });
}

/** PAYLOAD_TOO_LARGE for a whole request or response message. */
export function messageTooLarge(what: "request" | "response", limit: number): QTasksError {
  return new QTasksError("PAYLOAD_TOO_LARGE", `the ${what} is over the limit of ${limit} bytes`, {
    metadata: { max_message_bytes: String(limit) },
  });
}

/** METHOD_NOT_FOUND for a path that no service has. */
export function methodNotFound(path: string): QTasksError {
  return new QTasksError("METHOD_NOT_FOUND", `this server has no method ${path}`, {
    metadata: { path },
  });
}

/** SHUTTING_DOWN; another server, or this one when it is back, takes the call. */
export function shuttingDown(): QTasksError {
  return new QTasksError("SHUTTING_DOWN", "this server is shutting down", {
    retryAfterMs: SHUTDOWN_RETRY_MS,
  });
}

/** CALL_CANCELED, for the functions of a call whose caller has gone. */
export function callCanceled(): QTasksError {
  return new QTasksError("CALL_CANCELED", "the caller canceled the call or is gone");
}

/** STILL_RUNNING: the deadline passed before there was an answer. */
export function deadlinePassed(): QTasksError {
  return new QTasksError("STILL_RUNNING", "the call's deadline passed before the answer was ready");
}
