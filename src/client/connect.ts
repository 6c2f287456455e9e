/** A client on a server's gRPC address. */
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { checkConfigOptions, type NamesOf } from "../core/known-options.ts";
import { openChannel, type ChannelInit } from "./channel.ts";
import { TaskClient } from "./client.ts";
import type { TaskClientOptions } from "./client-options.ts";
import { grpcCalls } from "./grpc-calls.ts";

export interface ConnectOptions extends ChannelInit, Omit<TaskClientOptions, "onClose"> {}

const KNOWN: NamesOf<ConnectOptions> = {
  address: true,
  token: true,
  tls: true,
  insecure: true,
  timeoutMs: true,
  patienceMs: true,
  parkedCalls: true,
  hook: true,
};

/**
 * A client on a server; it connects with the first call, and again whenever the connection is lost.
 * Close it to let the process end. CONFIG_INVALID for an option that there is not, FIELD_VIOLATION for a time that is no
 * number, and as {@link openChannel}.
 */
export function connect(options: ConnectOptions = {}): TaskClient {
  checkConfigOptions("connect", options, KNOWN);
  const channel = openChannel(options);
  const calls = grpcCalls(TaskService, channel);
  return new TaskClient(calls, {
    ...options,
    address: channel.address,
    onClose: () => channel.close(),
  });
}
