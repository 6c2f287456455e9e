/** What a TypeScript program imports from `qtasks`. */
export { QueueTasks, type QueueTasksOptions } from "./app.ts";
export { loadApp } from "./app/load-app.ts";
export type { Roles } from "./app/roles.ts";
export { Router, type ResultOf, type RouterOptions } from "./routers/router.ts";
export type { ServiceHandlers, ServiceOptions, ServiceTasks } from "./routers/service-handlers.ts";
export { Task, type TaskInit } from "./routers/task.ts";
export type { TaskDefaults } from "./routers/task-defaults.ts";
export { TypedTaskHandle } from "./client/typed-handle.ts";
export { TypedStreamTask, TypedTask } from "./routers/typed-task.ts";
export type { HandlerContext, LogFields, LogLine, TaskLogger } from "./worker/context.ts";
export type { ChildOptions, ChildTask } from "./worker/children.ts";
export {
  AttemptAbortedError,
  RetryLaterError,
  SnoozeError,
  TaskError,
  TerminalError,
  type AbortCause,
  type TaskErrorOptions,
} from "./worker/errors.ts";
export type { Execution, Executor } from "./worker/executor.ts";
export type { Handler, Registration } from "./worker/registration.ts";
export { Worker, type WorkerState, type WorkerStatus } from "./worker/worker.ts";
export type { WorkerOptions } from "./worker/options.ts";
export type { StatusName } from "./core/status-code.ts";
export { showConfig, type ShownOption } from "./config/show.ts";
export type { ConfigArguments, Config } from "./config/options.ts";
export type {
  ConfigChange,
  ConfigEntry,
  ConfigPut,
  GlobalConfig,
  WatchConfigOptions,
} from "./config/global-config.ts";
export type { RetrySettings, TaskSettings } from "./core/task-settings.ts";
export type { Limits, Timings } from "./core/limits.ts";
export type { Component } from "./starter/starter.ts";
export { connect, type ConnectOptions } from "./client/connect.ts";
export { TaskClient, type TaskClientOptions } from "./client/client.ts";
export { TaskHandle } from "./client/handle.ts";
export { fromPayload, messageOf, protobufPayload, toPayload } from "./core/payload.ts";
export { TaskFailedError } from "./client/task-failed-error.ts";
export type { EnqueueOptions, UniqueOptions } from "./core/enqueue-request.ts";
export { QTasksError, type FieldViolation, type Reason, type StatusCode } from "./core/errors.ts";
export { FailureKind, TaskState, TaskView } from "../gen/qtasksapi/v1/task_pb.ts";
export type {
  Failure,
  Payload,
  Progress,
  Task as TaskMessage,
} from "../gen/qtasksapi/v1/task_pb.ts";
