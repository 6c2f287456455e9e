/** A client on a server's gRPC address. */
import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { openChannel, type ChannelInit } from "./channel.ts";
import { TaskClient, type TaskClientOptions } from "./client.ts";
import { grpcCalls } from "./grpc-calls.ts";

export interface ConnectOptions extends ChannelInit, Omit<TaskClientOptions, "onClose"> {}

/**
 * A client on a server; it connects with the first call, and again whenever the connection is lost.
 * Close it to let the process end.
 */
export function connect(options: ConnectOptions = {}): TaskClient {
  const channel = openChannel(options);
  const calls = grpcCalls(TaskService, channel);
  return new TaskClient(calls, { ...options, onClose: () => channel.close() });
}
