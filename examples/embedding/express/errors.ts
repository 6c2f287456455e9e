/** What a client is told of an error. */
import type { ErrorRequestHandler } from "express";
import { QTasksError, type StatusCode } from "../../../src/index.ts";

/** Of calls to QTasks; what is missing is a fault of this program: 500. */
const HTTP_STATUS: Partial<Readonly<Record<StatusCode, number>>> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};

/** For `express().use`, after the routes. Express knows it by its four parameters. */
export const sendError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const status = statusOf(error);
  if (status >= 500) console.error(error);
  const { reason = "BAD_REQUEST", fields = [] } = error instanceof QTasksError ? error : {};
  const message = error instanceof Error ? error.message : String(error);
  if (status === 500) response.status(500).json({ error: "INTERNAL" });
  else response.status(status).json({ error: reason, message, fields });
};

function statusOf(error: unknown): number {
  if (error instanceof QTasksError) return HTTP_STATUS[error.code] ?? 500;
  // The body parser's errors have one.
  const status = (error as { readonly status?: unknown } | null)?.status;
  return typeof status === "number" ? status : 500;
}
