/** The status of a call, with the details that a QTasks server sends, as the error that it was there. */
import { anyUnpack, type Any } from "@bufbuild/protobuf/wkt";

import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import type { ItemError } from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs } from "../core/duration.ts";
import { QTasksError, REASONS, type FieldViolation, type Reason } from "../core/errors.ts";

/** How a call ended, whatever protocol it was made by. */
export interface CallStatus {
  /** A google.rpc.Code other than OK. */
  readonly code: number;
  readonly message: string;
  /** The value of `qtasks-reason`. */
  readonly reason: string | undefined;
  readonly details: readonly Any[];
  /** What was thrown. */
  readonly cause: unknown;
}

/** The error of a call that failed. `address` names the server where it could not be reached. */
export function statusError(status: CallStatus, address: string): QTasksError {
  const { message, cause } = status;
  const details = detailsOf(status.details);
  const reason = details.reason ?? status.reason;
  if (reason !== undefined && isReason(reason))
    return new QTasksError(reason, message, { ...details, cause });
  return withoutReason(status, reason, address);
}

/** The error that an item of a batch carries: a `google.rpc.Code`, a reason and a message. */
export function itemError(
  item: Pick<ItemError, "code" | "reason" | "message">,
  metadata: Readonly<Record<string, string>> = {},
): QTasksError {
  if (isReason(item.reason)) return new QTasksError(item.reason, item.message, { metadata });
  return new QTasksError(REASON_OF_CODE[item.code] ?? "INTERNAL", item.message, {
    metadata: item.reason === "" ? metadata : { ...metadata, reason: item.reason },
  });
}

/**
 * What a status without a known reason is taken for: gRPC itself, a proxy or a newer server made it. By the numbers of
 * google.rpc.Code.
 */
const REASON_OF_CODE: Readonly<Record<number, Reason>> = {
  1: "CALL_CANCELED",
  3: "MESSAGE_MALFORMED",
  4: "STILL_RUNNING",
  7: "SCOPE_MISSING",
  8: "PAYLOAD_TOO_LARGE",
  12: "METHOD_NOT_FOUND",
  14: "SERVER_UNREACHABLE",
  16: "TOKEN_INVALID",
};

function withoutReason(
  { code, message, cause }: CallStatus,
  reason: string | undefined,
  address: string,
): QTasksError {
  const known = REASON_OF_CODE[code] ?? "INTERNAL";
  const text =
    known === "SERVER_UNREACHABLE"
      ? `no QTasks server answers at ${address} (${message})`
      : message;
  const metadata = {
    ...(known === "SERVER_UNREACHABLE" ? { address } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  return new QTasksError(known, text, { metadata, cause });
}

interface Details {
  readonly reason?: string;
  readonly fields?: readonly FieldViolation[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
}

function detailsOf(all: readonly Any[]): Details {
  let details: Details = {};
  for (const any of all) details = { ...details, ...detailOf(any) };
  return details;
}

function detailOf(any: Any): Details {
  const info = anyUnpack(any, ErrorInfoSchema);
  if (info !== undefined) return { reason: info.reason, metadata: info.metadata };
  const request = anyUnpack(any, BadRequestSchema);
  if (request !== undefined) {
    const fields = request.fieldViolations;
    return { fields: fields.map(({ field, description }) => ({ field, description })) };
  }
  const delay = anyUnpack(any, RetryInfoSchema)?.retryDelay;
  return delay === undefined ? {} : { retryAfterMs: durationMs(delay) };
}

function isReason(reason: string): reason is Reason {
  return Object.hasOwn(REASONS, reason);
}
