/** Names of what is told: of OpenTelemetry's conventions for messaging, and in their namespace for QTasks' own facts. */

/** Attributes. */
export const ATTRIBUTE = {
  system: "messaging.system",
  operationName: "messaging.operation.name",
  operationType: "messaging.operation.type",
  /** The queue. */
  destination: "messaging.destination.name",
  /** The task's id. */
  messageId: "messaging.message.id",
  errorType: "error.type",
  task: "messaging.qtasks.task",
  parentTaskId: "messaging.qtasks.parent_task_id",
  attempt: "messaging.qtasks.attempt",
  /** How an attempt ended: success, failure, canceled, release or lost. */
  result: "messaging.qtasks.result",
} as const;

/** Metrics. */
export const METRIC = {
  sent: "messaging.client.sent.messages",
  sendDuration: "messaging.client.operation.duration",
  consumed: "messaging.client.consumed.messages",
  processDuration: "messaging.process.duration",
} as const;

export const SYSTEM = "qtasks";

/** Of the tracer and the meter. */
export const SCOPE = "qtasks";
