/** Failures that the server makes, and how long ones are shortened. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyUnpack, type Duration } from "@bufbuild/protobuf/wkt";
import { RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { type FailureKind, FailureSchema, type Failure } from "../../gen/qtasksapi/v1/task_pb.ts";
import { durationMs } from "./duration.ts";
import { DEFAULT_LIMITS } from "./limits.ts";

const MAX_CAUSES = 10;
const MAX_DETAILS_BYTES = 4 << 10;

/** A failure that the server itself decided on. */
export function serverFailure(kind: FailureKind, message: string): Failure {
  return create(FailureSchema, { kind, message, source: "qtasks" });
}

export function encodeFailure(failure: Failure): Uint8Array {
  return toBinary(FailureSchema, failure);
}

/** The encoded google.rpc.Status in the details of a method's failure, whatever is in it; none where a codec hides it. */
export function statusOf({ details }: Failure): Uint8Array | undefined {
  const isStatus = details?.schema === StatusSchema.typeName && details.body.case === "data";
  return isStatus && details.encodings.length === 0
    ? (details.body.value as Uint8Array)
    : undefined;
}

/** The delay that a RetryInfo in the details of a method's status asks for; one that a request could not name is none. */
export function retryInfoOf(failure: Failure): Duration | undefined {
  const bytes = statusOf(failure);
  if (bytes === undefined) return undefined;
  try {
    const status = fromBinary(StatusSchema, bytes);
    const infos = status.details.map((any) => anyUnpack(any, RetryInfoSchema));
    const delay = infos.find((info) => info !== undefined)?.retryDelay;
    return delay !== undefined && isAllowed(delay) ? delay : undefined;
  } catch {
    // Whatever a handler put there: it decides nothing then.
    return undefined;
  }
}

function isAllowed(delay: Duration): boolean {
  const { seconds, nanos } = delay;
  return seconds >= 0n && nanos >= 0 && durationMs(delay) <= DEFAULT_LIMITS.maxDurationMs;
}

/**
 * Fits a failure into `maxBytes`: the stack traces go first, then the causes, the details, and the
 * end of the message. What a worker reports is never refused for its length.
 */
export function shortenFailure(failure: Failure, maxBytes: number): Failure {
  let short = limitCauses(failure, MAX_CAUSES);
  if (short.details !== undefined && payloadBytes(short) > MAX_DETAILS_BYTES)
    short = copy(short, {
      details: undefined,
      message: `${short.message} (details dropped: too large)`,
    });
  if (size(short) <= maxBytes) return short;
  short = copy(short, { stackTrace: clip(short.stackTrace, maxBytes >> 2), cause: undefined });
  if (size(short) <= maxBytes) return short;
  return copy(short, {
    stackTrace: "",
    details: undefined,
    message: clip(short.message, maxBytes >> 1),
    type: clip(short.type, 255),
    source: clip(short.source, 255),
  });
}

function limitCauses(failure: Failure, left: number): Failure {
  if (failure.cause === undefined) return failure;
  return copy(failure, { cause: left === 0 ? undefined : limitCauses(failure.cause, left - 1) });
}

function copy(failure: Failure, patch: Partial<Failure>): Failure {
  return { ...failure, ...patch };
}

function size(failure: Failure): number {
  return encodeFailure(failure).length;
}

function payloadBytes(failure: Failure): number {
  const body = failure.details?.body;
  return body?.case === "data" ? body.value.length : Buffer.byteLength(body?.value ?? "");
}

/** The start of a text, in UTF-8 bytes, with a mark that something is missing. */
export function clip(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  // A character that was cut in two decodes to U+FFFD, which is dropped.
  return `${bytes.toString("utf8", 0, Math.max(0, maxBytes - 3)).replace(/\uFFFD$/, "")}…`;
}
