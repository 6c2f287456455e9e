/**
 * What a QTasksError looks like on the wire, the same for every protocol: a code, a message, and
 * google.rpc details within the size that metadata can carry.
 */
import { create, toBinary, type DescMessage, type Message } from "@bufbuild/protobuf";
import { anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";

import {
  BadRequestSchema,
  BadRequest_FieldViolationSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import type { FieldViolation, QTasksError } from "../core/errors.ts";
import { STATUS_CODES } from "../core/status-code.ts";

/** ErrorInfo.domain of every error that QTasks makes. */
export const ERROR_DOMAIN = "qtasks";

/** Bytes of an encoded google.rpc.Status: 4 KiB in base64, as clients refuse 8 KiB of metadata. */
export const MAX_STATUS_BYTES = 3072;

/** Bytes of a message when percent-encoded for `grpc-message`. */
const MAX_MESSAGE_BYTES = 1024;
const MAX_DESCRIPTION_LENGTH = 256;

/** One message of google.rpc.Status.details. */
export interface StatusDetail {
  readonly desc: DescMessage;
  readonly value: Message;
}

/** A QTasksError, ready for any protocol. */
export interface WireStatus {
  /** A google.rpc.Code. */
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly details: readonly StatusDetail[];
}

/** Translates an error; whatever is too large for metadata is shortened, least useful first. */
export function wireStatus(error: QTasksError): WireStatus {
  const message = shortenMessage(error.message);
  const status = { code: STATUS_CODES[error.code], message, reason: error.reason };
  const details = [errorInfo(error.reason, error.metadata), ...retryInfo(error.retryAfterMs)];
  const room = MAX_STATUS_BYTES - statusBytes({ ...status, details }).length;
  if (room < 0) return { ...status, details: [errorInfo(error.reason, {})] };
  return { ...status, details: [...details, ...badRequest(error.fields, room)] };
}

/** The encoded google.rpc.Status, as in `grpc-status-details-bin`. */
export function statusBytes(status: WireStatus): Uint8Array {
  const details = status.details.map(({ desc, value }) => anyPack(desc, value));
  const { code, message } = status;
  return toBinary(StatusSchema, create(StatusSchema, { code, message, details }));
}

function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): StatusDetail {
  const value = create(ErrorInfoSchema, {
    reason,
    domain: ERROR_DOMAIN,
    metadata: { ...metadata },
  });
  return { desc: ErrorInfoSchema, value };
}

function retryInfo(retryAfterMs: number | undefined): StatusDetail[] {
  if (retryAfterMs === undefined) return [];
  const value = create(RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) });
  return [{ desc: RetryInfoSchema, value }];
}

/** As many violations as fit; the first ones name the fields that come first in the request. */
function badRequest(fields: readonly FieldViolation[], room: number): StatusDetail[] {
  let left = room - 64; // the Any around them: a type URL and two lengths
  const fieldViolations = [];
  for (const { field, description } of fields) {
    const text = description.toWellFormed().slice(0, MAX_DESCRIPTION_LENGTH).toWellFormed();
    const violation = create(BadRequest_FieldViolationSchema, { field, description: text });
    left -= toBinary(BadRequest_FieldViolationSchema, violation).length + 3;
    if (left < 0) break;
    fieldViolations.push(violation);
  }
  if (fieldViolations.length === 0) return [];
  return [{ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations }) }];
}

/** Well-formed and within the limit: a lone surrogate can't be percent-encoded at all. */
export function shortenMessage(message: string): string {
  const text = message.slice(0, MAX_MESSAGE_BYTES).toWellFormed();
  if (text.length === message.length && encodedLength(text) <= MAX_MESSAGE_BYTES) return text;
  let bytes = encodedLength("…");
  let kept = "";
  for (const character of text) {
    bytes += encodedLength(character);
    if (bytes > MAX_MESSAGE_BYTES) break;
    kept += character;
  }
  return `${kept}…`;
}

function encodedLength(text: string): number {
  return encodeURIComponent(text).length;
}
