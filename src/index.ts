/** What a TypeScript program imports from `qtasks`. */
export { QueueTasks } from "./app.ts";
export type { QueueTasksOptions } from "./app/options.ts";
export { loadApp } from "./app/load-app.ts";
export { setDefaultApp, sharedTask } from "./app/shared-task.ts";
export type { ComponentParts, Components } from "./app/components.ts";
export type {
  Broker,
  BrokerCapabilities,
  BrokerNotice,
  BrokerWork,
  Deferred,
  Held,
  Message,
  Taken,
  TakeParams,
} from "./broker/broker.ts";
export type { HandedOut, HandOutParams, Joint, Offer } from "./storage/joint.ts";
export type {
  Change,
  CreateParams,
  CreateVerdict,
  Cursor,
  Document,
  DocumentKey,
  DocumentPut,
  Documents,
  DocumentVerdict,
  EventsPage,
  EventsParams,
  Intent,
  ListPage,
  ListParams,
  NewTask,
  Overdue,
  Purged,
  QueueStats,
  RemoveVerdict,
  Renewal,
  RenewVerdict,
  Storage,
  StorageCapabilities,
  StorageNotice,
  StoredEvent,
  TaskChange,
  TaskCount,
  TaskVersion,
  UniqueClaim,
  Work,
  WriteParams,
  WriteVerdict,
} from "./storage/storage.ts";
export type { TaskRecord } from "./core/record.ts";
export type { Plugin, PluginApp, PluginScope, UseOptions } from "./plugins/plugin.ts";
export type { Use, UsedPlugin } from "./worker/use.ts";
export {
  POINTS,
  type ComponentName,
  type HookTypes,
  type PointInfo,
  type PointKind,
  type PointName,
} from "./plugins/points.ts";
export type {
  AppEvent,
  AppHooks,
  AppStarted,
  PayloadEvent,
  TaskAdded,
} from "./plugins/app-hooks.ts";
export type { ComponentCall } from "./plugins/component-hooks.ts";
export type { EnqueueCall, EnqueueHook } from "./core/enqueue-hook.ts";
export { contextKey, type ContextKey, type ContextValues } from "./core/context-values.ts";
export type { Middleware, Next } from "./worker/middleware.ts";
export type { AttemptEnded, AttemptResult, AttemptStarted, WorkerEvent } from "./worker/hooks.ts";
export type {
  AttemptEndedEvent,
  EndedEvent,
  EnqueueEvent,
  HandedOutEvent,
  StaleOutcomeEvent,
  TaskEvent,
} from "./pipeline/hooks.ts";
export type { CallEvent, Route, RouteAnswer } from "./server/hooks.ts";
export type { Roles } from "./app/roles.ts";
export { Router } from "./routers/router.ts";
export type { RouterOptions } from "./routers/router-options.ts";
export type { JsonOf } from "./routers/json-of.ts";
export type { ResultOf } from "./routers/task-types.ts";
export type { ServiceHandlers, ServiceOptions, ServiceTasks } from "./routers/service-handlers.ts";
export { Task } from "./routers/task.ts";
export type { TaskInit } from "./routers/task-init.ts";
export type { TaskDefaults } from "./routers/task-defaults.ts";
export { TypedTaskHandle } from "./client/typed-handle.ts";
export { TypedStreamTask, TypedTask } from "./routers/typed-task.ts";
export type { HandlerContext, LogFields, LogLine, TaskLogger } from "./worker/context.ts";
export type { ChildOptions, ChildTarget, ChildTask, EnqueueChild } from "./worker/child.ts";
export {
  AttemptAbortedError,
  RetryLaterError,
  SnoozeError,
  TaskError,
  TerminalError,
  type AbortCause,
  type TaskErrorOptions,
} from "./worker/errors.ts";
export {
  InlineExecutor,
  type Executable,
  type Execution,
  type Executor,
  type ExecutorHost,
} from "./worker/executor.ts";
export type { Handler } from "./worker/handler.ts";
export { moduleHandler } from "./worker/module-handler.ts";
export { threads } from "./worker/threads/threads.ts";
export type { ThreadsOptions } from "./worker/threads/options.ts";
export { inTurn, strictOrder, weighted, type WeightedOptions } from "./worker/queue-strategies.ts";
export type { QueueStrategy } from "./worker/queue-strategy.ts";
export type { Registration } from "./worker/registration.ts";
export { Worker, type WorkerState, type WorkerStatus } from "./worker/worker.ts";
export type { WorkerOptions } from "./worker/options.ts";
export type { StatusName } from "./core/status-code.ts";
export { showConfig, type ShownOption } from "./config/show.ts";
export type { ConfigArguments, Config } from "./config/options.ts";
export type { ConfigSource } from "./config/option.ts";
export type { ResolvedConfig } from "./config/resolve.ts";
export type {
  ConfigChange,
  ConfigEntry,
  ConfigPut,
  GlobalConfig,
  WatchConfigOptions,
} from "./config/global-config.ts";
export type { RetrySettings, TaskSettings } from "./core/task-settings.ts";
export type { Clock, Timer, TimerClock } from "./core/clock.ts";
export type { Limits, Timings } from "./core/limits.ts";
export type { Component } from "./starter/starter.ts";
export { connect, type ConnectOptions } from "./client/connect.ts";
export { TaskClient } from "./client/client.ts";
export type { TaskClientOptions } from "./client/client-options.ts";
export { TaskHandle } from "./client/handle.ts";
export { fromPayload, messageOf, protobufPayload, toPayload } from "./core/payload.ts";
export type { RunOptions, SendOptions } from "./client/requests.ts";
export { TaskFailedError } from "./client/task-failed-error.ts";
export type { EnqueueOptions, UniqueOptions } from "./core/enqueue-request.ts";
export { QTasksError, type FieldViolation, type Reason, type StatusCode } from "./core/errors.ts";
export { attemptStateName, stateName } from "./core/state-names.ts";
export { FailureKind, TaskState, TaskView } from "../gen/qtasksapi/v1/task_pb.ts";
export type {
  Failure,
  Payload,
  Progress,
  Task as TaskMessage,
} from "../gen/qtasksapi/v1/task_pb.ts";
