/** The gRPC server that executes the tasks. */
import type { GrpcChannel } from "../client/channel.ts";
import type { Readiness } from "./readiness.ts";

export interface Target {
  /** `HOST:PORT`. */
  readonly address: string;
  readonly channel: GrpcChannel;
  readonly readiness: Readiness;
}
