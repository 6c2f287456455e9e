/** What grpc-js throws, as the error that it was on the server. */
import { fromBinary } from "@bufbuild/protobuf";
import type { Any } from "@bufbuild/protobuf/wkt";
import type { ServiceError } from "@grpc/grpc-js";

import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { REASON_KEY } from "../core/call-keys.ts";
import { QTasksError } from "../core/errors.ts";
import { statusError } from "./status-error.ts";

const UNCONNECTED =
  /^No connection established\. Last error: (?:Error: )?(.*)\. Resolution note: (.*)$/s;

/** The error of a call that failed. `address` names the server where it could not be reached. */
export function callError(thrown: unknown, address: string): QTasksError {
  if (!isServiceError(thrown)) return QTasksError.from(thrown);
  const { code, metadata } = thrown;
  const status = {
    code,
    message: plainly(thrown.details || thrown.message),
    reason: metadata?.get(REASON_KEY)[0]?.toString(),
    details: detailsOf(metadata?.get("grpc-status-details-bin")[0]),
    cause: thrown,
  };
  return statusError(status, address);
}

/** Without grpc-js's own words around the error of a connection, which end in a note that is empty most of the time. */
function plainly(text: string): string {
  const [, error, note] = UNCONNECTED.exec(text) ?? [];
  if (error === undefined) return text;
  return note === "" ? error : `${error}; ${note}`;
}

// Another server's details may be anything; the status itself still says what happened.
function detailsOf(bytes: string | Uint8Array | undefined): readonly Any[] {
  if (!(bytes instanceof Uint8Array)) return [];
  try {
    return fromBinary(StatusSchema, bytes).details;
  } catch {
    return [];
  }
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && "code" in thrown && "details" in thrown;
}
