/** Errors outside of any RPC handler, in the form that the caller's protocol reads. */
import { codeToHttpStatus, errorToJson } from "@connectrpc/connect/protocol-connect";

import { REASON_KEY } from "../../core/call-keys.ts";
import type { QTasksError } from "../../core/errors.ts";
import { statusBytes, wireStatus } from "../status.ts";
import { connectError } from "./connect-error.ts";
import { json, type Page } from "./pages.ts";

/** Trailers-only for gRPC and gRPC-Web, Connect's error JSON for all others. */
export function errorPage(
  error: QTasksError,
  contentType: string | undefined,
  more: object = {},
): Page {
  if (contentType?.startsWith("application/grpc") === true) return trailersOnly(error, contentType);
  const { code } = connectError(error);
  const body = { ...(errorToJson(connectError(error), undefined) as object), ...more };
  const status = error.reason === "METHOD_NOT_FOUND" ? 404 : codeToHttpStatus(code);
  return json(status, body, error.reason);
}

function trailersOnly(error: QTasksError, contentType: string): Page {
  const status = wireStatus(error);
  const headers = {
    "Content-Type": contentType,
    "Grpc-Status": String(status.code),
    "Grpc-Message": encodeURI(status.message),
    "Grpc-Status-Details-Bin": Buffer.from(statusBytes(status)).toString("base64"),
    [REASON_KEY]: status.reason,
  };
  return { status: 200, headers, body: "" };
}
