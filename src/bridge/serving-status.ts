/** Follows what a server's health service says of one service, for as long as the server is connected. */
import { status as Code, type ClientReadableStream, type ServiceError } from "@grpc/grpc-js";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthCheckResponseSchema,
  type HealthCheckResponse,
} from "../../gen/grpc/health/v1/health_pb.ts";
import type { GrpcChannel } from "../client/channel.ts";
import { bufferOf } from "../core/bytes.ts";

/** How long after the end of a watch the next one begins, in ms. */
const AGAIN_MS = 1_000;

export class ServingStatus {
  readonly #channel: GrpcChannel;
  readonly #service: string;
  readonly #onChange: () => void;
  #call: ClientReadableStream<HealthCheckResponse> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #serves = false;

  /** `service` is a full name; empty for the server as a whole. */
  constructor(channel: GrpcChannel, service: string, onChange: () => void) {
    this.#channel = channel;
    this.#service = service;
    this.#onChange = onChange;
  }

  /** It says that it serves, does not know the service, or has no health service at all. */
  get serves(): boolean {
    return this.#serves;
  }

  start(): void {
    const call = this.#channel.client.makeServerStreamRequest(
      "/grpc.health.v1.Health/Watch",
      (service: string) =>
        bufferOf(toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }))),
      (bytes: Buffer) => fromBinary(HealthCheckResponseSchema, bytes),
      this.#service,
      this.#channel.metadata(),
    );
    this.#call = call;
    call.on("data", ({ status }: HealthCheckResponse) => {
      if (this.#call === call) this.#set(isFine(status));
    });
    call.on("error", (error: ServiceError) => this.#ended(call, error.code));
    call.on("end", () => this.#ended(call, undefined));
  }

  /** Nothing is known any more. */
  stop(): void {
    clearTimeout(this.#timer);
    const call = this.#call;
    this.#call = undefined;
    this.#serves = false;
    call?.cancel();
  }

  #ended(call: ClientReadableStream<HealthCheckResponse>, code: number | undefined): void {
    if (this.#call !== call) return;
    // Without a health service there is nothing to follow: who can be reached serves.
    if (code === Code.UNIMPLEMENTED) return this.#set(true);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.start(), AGAIN_MS);
  }

  #set(serves: boolean): void {
    if (this.#serves === serves) return;
    this.#serves = serves;
    this.#onChange();
  }
}

function isFine(status: Status): boolean {
  return status === Status.SERVING || status === Status.SERVICE_UNKNOWN;
}
