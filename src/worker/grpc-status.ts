/** Failures with the status of an RPC: what handlers throw as in a gRPC server, and what the bridge's target answers. */
import { create, toBinary, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { anyPack, AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { statusName } from "../core/status-code.ts";

/** The status of an RPC. */
export interface GrpcStatus {
  /** A google.rpc.Code other than OK. */
  readonly code: number;
  readonly message: string;
  /** An encoded google.rpc.Status, where there is more to say. */
  readonly details: Uint8Array | undefined;
}

/** Ends the attempt with the status of an RPC that was made for it. */
export class GrpcStatusError extends Error {
  override readonly name = "GrpcStatusError";
  readonly status: GrpcStatus;
  /** Who answered so. */
  readonly source: string;

  constructor(status: GrpcStatus, source: string) {
    super(status.message);
    this.status = status;
    this.source = source;
  }
}

/** What is read of @connectrpc/connect's ConnectError, whatever copy of it the handler uses. */
interface ConnectErrorLike {
  readonly name: "ConnectError";
  readonly code: number;
  readonly rawMessage: string;
  readonly details: readonly (OutgoingDetail | IncomingDetail)[];
}

interface OutgoingDetail {
  readonly desc: DescMessage;
  readonly value: MessageInitShape<DescMessage>;
}

interface IncomingDetail {
  readonly type: string;
  readonly value: Uint8Array;
}

/** The type of failures with this code, such as `grpc.NOT_FOUND`. */
export function typeOfCode(code: number): string {
  return `grpc.${statusName(code) ?? code}`;
}

/** The status that a thrown error carries; undefined for any other error. */
export function statusOf(error: Error): GrpcStatus | undefined {
  if (error instanceof GrpcStatusError) return error.status;
  if (!isConnectError(error)) return undefined;
  const { code, rawMessage: message, details } = error;
  if (details.length === 0) return { code, message, details: undefined };
  const status = create(StatusSchema, { code, message, details: details.map(packed) });
  return { code, message, details: toBinary(StatusSchema, status) };
}

function isConnectError(error: Error): error is Error & ConnectErrorLike {
  const { name, code, rawMessage, details } = error as Partial<ConnectErrorLike>;
  return (
    name === "ConnectError" &&
    typeof code === "number" &&
    typeof rawMessage === "string" &&
    Array.isArray(details)
  );
}

function packed(detail: OutgoingDetail | IncomingDetail): Any {
  if ("desc" in detail) return anyPack(detail.desc, create(detail.desc, detail.value));
  return create(AnySchema, {
    typeUrl: `type.googleapis.com/${detail.type}`,
    value: detail.value,
  });
}
