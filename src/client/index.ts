/** What a TypeScript program imports to enqueue, await, watch and cancel tasks. */
export { DEFAULT_ADDRESS } from "./address.ts";
export { openChannel, type ChannelInit, type ClientTls, type GrpcChannel } from "./channel.ts";
export { TaskClient } from "./client.ts";
export type { TaskClientOptions } from "./client-options.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export { durableOptions, taskIdInterceptor } from "./durable-options.ts";
export { taskIds, type TaskIdsOptions } from "./task-ids.ts";
export { grpcCalls } from "./grpc-calls.ts";
export type { EnqueueItem, EnqueueResult } from "./enqueue-many.ts";
export { TaskHandle } from "./handle.ts";
export { TypedTaskHandle } from "./typed-handle.ts";
export type { TaskMethod } from "./method-call.ts";
export type { ParkedCalls } from "./awaiter.ts";
export type { EnqueueOptions, UniqueOptions } from "../core/enqueue-request.ts";
export type { RetrySettings, TaskSettings } from "../core/task-settings.ts";
export { fromPayload, messageOf, protobufPayload, toPayload } from "../core/payload.ts";
export type {
  CancelOptions,
  CancelProgress,
  EventOptions,
  FollowOptions,
  GetOptions,
  ListOptions,
  PageOptions,
  RescheduleOptions,
  RetryOptions,
  RetryProgress,
  RunOptions,
  SendOptions,
  TaskPage,
  TaskQuery,
} from "./requests.ts";
export { TaskFailedError } from "./task-failed-error.ts";
export type { WaitOptions } from "./wait.ts";
export type { TaskChange, WatchOptions } from "./watch.ts";
export type { CallOptions, ServiceCalls } from "../core/calls.ts";
export { QTasksError, type FieldViolation, type Reason, type StatusCode } from "../core/errors.ts";
export { isTerminal } from "../core/record.ts";
export { attemptStateName, stateName } from "../core/state-names.ts";
export { FailureKind, TaskState, TaskView } from "../../gen/qtasksapi/v1/task_pb.ts";
export type {
  Failure,
  Payload,
  Progress,
  Task,
  TaskEvent,
} from "../../gen/qtasksapi/v1/task_pb.ts";
