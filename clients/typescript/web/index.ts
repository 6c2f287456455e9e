/** What a program in a browser imports to enqueue, await, watch and cancel tasks. */
export { TaskClient } from "../../../src/client/client.ts";
export type { TaskClientOptions } from "../../../src/client/client-options.ts";
export { connect, type ConnectOptions } from "./connect.ts";
export { taskIds, type TaskIdsOptions } from "../../../src/client/task-ids.ts";
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
