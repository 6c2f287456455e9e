/**
 * Messages that are made once or more for each task, as plain objects: protobuf-es's `create` goes through the
 * descriptor for each, at ten times the cost. The compiler sees to it that no field is missing.
 */
import type { Payload, TaskOptions, TaskSpec, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  BatchEnqueueResult,
  BatchEnqueueTasksRequest,
  EnqueueTaskRequest,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type {
  Outcome,
  OutcomeResult,
  OutcomeVerdict,
  Success,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";

export function newPayload(body: Payload["body"] = { case: undefined }, contentType = ""): Payload {
  return { $typeName: "qtasksapi.v1.Payload", body, contentType, schema: "", encodings: [] };
}

export function newSpec(): TaskSpec {
  return { $typeName: "qtasksapi.v1.TaskSpec", name: "", headers: {}, parentTaskId: "" };
}

export function newOptions(): TaskOptions {
  return { $typeName: "qtasksapi.v1.TaskOptions", queue: "", outputRetry: 0, labels: {} };
}

export function newEnqueueTask(): EnqueueTaskRequest {
  return { $typeName: "qtasksapi.v1.EnqueueTaskRequest", taskId: "", start: { case: undefined } };
}

export function newBatchEnqueue(requests: EnqueueTaskRequest[]): BatchEnqueueTasksRequest {
  return { $typeName: "qtasksapi.v1.BatchEnqueueTasksRequest", requests };
}

export function newEnqueueResult(taskId: string, created: boolean): BatchEnqueueResult {
  return { $typeName: "qtasksapi.v1.BatchEnqueueResult", taskId, created };
}

export function newSuccess(result: Payload | undefined): Success {
  return { $typeName: "qtasksapi.v1.Success", result };
}

export function newOutcome(fields: Omit<Outcome, "$typeName" | "$unknown">): Outcome {
  return { $typeName: "qtasksapi.v1.Outcome", ...fields };
}

export function newOutcomeResult(verdict: OutcomeVerdict, taskState: TaskState): OutcomeResult {
  return { $typeName: "qtasksapi.v1.OutcomeResult", verdict, taskState };
}
