/** Errors as grpc-js sends them. */
import { Metadata } from "@grpc/grpc-js";

import { REASON_KEY } from "../../core/call-keys.ts";
import type { QTasksError } from "../../core/errors.ts";
import { statusBytes, wireStatus } from "../status.ts";

/** A status with its trailers. */
export interface GrpcStatus extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Code, message, `grpc-status-details-bin` and `qtasks-reason` of an error. */
export function grpcStatus(error: QTasksError): GrpcStatus {
  const status = wireStatus(error);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(statusBytes(status)));
  metadata.set(REASON_KEY, status.reason);
  const { code, message } = status;
  return { name: error.name, message, code, details: message, metadata };
}
