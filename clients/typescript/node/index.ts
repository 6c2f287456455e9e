/** What a program in Node imports to enqueue, await, watch and cancel tasks, and to run them. */
export { DEFAULT_ADDRESS } from "../../../src/client/address.ts";
export {
  openChannel,
  type ChannelInit,
  type ClientTls,
  type GrpcChannel,
} from "../../../src/client/channel.ts";
export { TaskClient } from "../../../src/client/client.ts";
export type { TaskClientOptions } from "../../../src/client/client-options.ts";
export { connect, type ConnectOptions } from "../../../src/client/connect.ts";
export { durableOptions, taskIdInterceptor } from "../../../src/client/durable-options.ts";
export { taskIds, type TaskIdsOptions } from "../../../src/client/task-ids.ts";
export { grpcCalls } from "../../../src/client/grpc-calls.ts";
export type { EnqueueItem, EnqueueResult } from "../../../src/client/enqueue-many.ts";
export { TaskHandle } from "../../../src/client/handle.ts";
export { TypedTaskHandle } from "../../../src/client/typed-handle.ts";
export type { TaskMethod } from "../../../src/client/method-call.ts";
export type { ParkedCalls } from "../../../src/client/awaiter.ts";
export type { EnqueueOptions, UniqueOptions } from "../../../src/core/enqueue-request.ts";
export type { RetrySettings, TaskSettings } from "../../../src/core/task-settings.ts";
export { fromPayload, messageOf, protobufPayload, toPayload } from "../../../src/core/payload.ts";
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
} from "../../../src/client/requests.ts";
export { TaskFailedError } from "../../../src/client/task-failed-error.ts";
export type { WaitOptions } from "../../../src/client/wait.ts";
export type { TaskChange, WatchOptions } from "../../../src/client/watch.ts";
export type { CallOptions, ServiceCalls } from "../../../src/core/calls.ts";
export {
  QTasksError,
  type FieldViolation,
  type Reason,
  type StatusCode,
} from "../../../src/core/errors.ts";
export { isTerminal } from "../../../src/core/record.ts";
export { attemptStateName, stateName } from "../../../src/core/state-names.ts";
export { FailureKind, TaskState, TaskView } from "../../../gen/qtasksapi/v1/task_pb.ts";
export type {
  Failure,
  Payload,
  Progress,
  Task,
  TaskEvent,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
export { Worker } from "./worker.ts";
export type { WorkerOptions } from "./worker-options.ts";
export type { Middleware, Next } from "../../../src/worker/middleware.ts";
export {
  contextKey,
  type ContextKey,
  type ContextValues,
} from "../../../src/core/context-values.ts";
export type { Use, UsedPlugin } from "../../../src/worker/use.ts";
export { Router } from "../../../src/routers/router.ts";
export type { RouterOptions } from "../../../src/routers/router-options.ts";
export type { JsonOf } from "../../../src/routers/json-of.ts";
export type { ResultOf } from "../../../src/routers/task-types.ts";
export type {
  ServiceHandlers,
  ServiceOptions,
  ServiceTasks,
} from "../../../src/routers/service-handlers.ts";
export type { Task as HandledTask } from "../../../src/routers/task.ts";
export type { TaskInit } from "../../../src/routers/task-init.ts";
export type { TaskDefaults } from "../../../src/routers/task-defaults.ts";
export { TypedStreamTask, TypedTask } from "../../../src/routers/typed-task.ts";
export type {
  ChildOptions,
  ChildTarget,
  ChildTask,
  EnqueueChild,
} from "../../../src/worker/child.ts";
export type {
  HandlerContext,
  LogFields,
  LogLine,
  TaskLogger,
} from "../../../src/worker/context.ts";
export {
  AttemptAbortedError,
  RetryLaterError,
  SnoozeError,
  TaskError,
  TerminalError,
  type AbortCause,
  type TaskErrorOptions,
} from "../../../src/worker/errors.ts";
export type { StatusName } from "../../../src/core/status-code.ts";
export type { WorkerState, WorkerStatus } from "../../../src/worker/worker.ts";
