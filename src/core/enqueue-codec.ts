/**
 * Enqueue requests from their wire format: as many as there are tasks. Only what most requests hold is read here:
 * undefined leaves the whole message to protobuf-es, with its errors.
 */
import { create, fromBinary } from "@bufbuild/protobuf";
import { TaskOptionsSchema, type TaskOptions } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  BatchEnqueueTasksRequestSchema,
  type BatchEnqueueTasksRequest,
  type EnqueueTaskRequest,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { newEnqueueTask } from "./messages.ts";
import { readSpec } from "./spec-codec.ts";
import { Fields } from "./wire-fields.ts";

export function decodeEnqueueTask(bytes: Buffer): EnqueueTaskRequest | undefined {
  const fields = new Fields(bytes);
  const request = newEnqueueTask();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) request.spec = readSpec(fields, readOptions);
    else if (field === 2) request.taskId = fields.text();
    else fields.leave();
  }
  return fields.left ? undefined : request;
}

export function decodeBatchEnqueue(bytes: Buffer): BatchEnqueueTasksRequest | undefined {
  const fields = new Fields(bytes, { repeated: 1 });
  const batch = create(BatchEnqueueTasksRequestSchema);
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    const request = field === 1 ? decodeEnqueueTask(fields.view()) : undefined;
    if (request === undefined) fields.leave();
    else batch.requests.push(request);
  }
  return fields.left ? undefined : batch;
}

function readOptions(bytes: Uint8Array): TaskOptions {
  return fromBinary(TaskOptionsSchema, bytes);
}
