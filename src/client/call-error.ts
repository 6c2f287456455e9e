/** A gRPC status, with the details that a QTasks server sends, as the error that it was there. */
import { fromBinary } from "@bufbuild/protobuf";
import { anyUnpack, type Any } from "@bufbuild/protobuf/wkt";
import { status as Code, type ServiceError } from "@grpc/grpc-js";

import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import type { ItemError } from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs } from "../core/duration.ts";
import { QTasksError, REASONS, type FieldViolation, type Reason } from "../core/errors.ts";

/** The error of a call that failed. `address` names the server where it could not be reached. */
export function callError(thrown: unknown, address: string): QTasksError {
  if (!isServiceError(thrown)) return QTasksError.from(thrown);
  const sent = thrown.metadata?.get("qtasks-reason")[0];
  const details = detailsOf(thrown.metadata?.get("grpc-status-details-bin")[0]);
  const reason = details.reason ?? sent?.toString();
  if (reason !== undefined && isReason(reason))
    return new QTasksError(reason, thrown.details, { ...details, cause: thrown });
  return withoutReason(thrown, reason, address);
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

/** What a status without a known reason is taken for: gRPC itself, a proxy or a newer server made it. */
const REASON_OF_CODE: Readonly<Record<number, Reason>> = {
  [Code.CANCELLED]: "CALL_CANCELED",
  [Code.INVALID_ARGUMENT]: "MESSAGE_MALFORMED",
  [Code.DEADLINE_EXCEEDED]: "STILL_RUNNING",
  [Code.RESOURCE_EXHAUSTED]: "PAYLOAD_TOO_LARGE",
  [Code.UNIMPLEMENTED]: "METHOD_NOT_FOUND",
  [Code.UNAVAILABLE]: "SERVER_UNREACHABLE",
  [Code.UNAUTHENTICATED]: "TOKEN_INVALID",
  [Code.PERMISSION_DENIED]: "SCOPE_MISSING",
};

function withoutReason(
  error: ServiceError,
  reason: string | undefined,
  address: string,
): QTasksError {
  const known = REASON_OF_CODE[error.code] ?? "INTERNAL";
  const message =
    known === "SERVER_UNREACHABLE"
      ? `no QTasks server answers at ${address} (${error.details})`
      : error.details || error.message;
  const metadata = {
    ...(known === "SERVER_UNREACHABLE" ? { address } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
  return new QTasksError(known, message, { metadata, cause: error });
}

interface Details {
  readonly reason?: string;
  readonly fields?: readonly FieldViolation[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
}

function detailsOf(bytes: string | Buffer | undefined): Details {
  if (!(bytes instanceof Uint8Array)) return {};
  let details: Details = {};
  for (const any of statusDetails(bytes)) details = { ...details, ...detailOf(any) };
  return details;
}

// Another server's details may be anything; the status itself still says what happened.
function statusDetails(bytes: Uint8Array): readonly Any[] {
  try {
    return fromBinary(StatusSchema, bytes).details;
  } catch {
    return [];
  }
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

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && "code" in thrown && "details" in thrown;
}
