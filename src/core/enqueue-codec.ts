/**
 * Enqueue requests from their wire format: as many as there are tasks. Only what most requests hold is read here:
 * undefined leaves the whole message to protobuf-es, with its errors.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { TaskOptionsSchema, type TaskOptions } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  BatchEnqueueTasksRequest,
  EnqueueTaskRequest,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { newBatchEnqueue, newEnqueueTask, newOptions } from "./messages.ts";
import { readSpec } from "./spec-codec.ts";
import type { WireReader } from "./wire.ts";
import { Fields } from "./wire-fields.ts";

export function decodeEnqueueTask(bytes: Buffer): EnqueueTaskRequest | undefined {
  const fields = new Fields(bytes);
  const request = readEnqueueTask(fields);
  return fields.left ? undefined : request;
}

export function decodeBatchEnqueue(bytes: Buffer): BatchEnqueueTasksRequest | undefined {
  const fields = new Fields(bytes, 1);
  const requests: EnqueueTaskRequest[] = [];
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field !== 1) {
      fields.leave();
      break;
    }
    const inner = fields.inner();
    requests.push(fields.after(inner, readEnqueueTask(inner)));
  }
  return fields.left ? undefined : newBatchEnqueue(requests);
}

function readEnqueueTask(fields: Fields): EnqueueTaskRequest {
  const request = newEnqueueTask();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) request.spec = readSpec(fields, readOptions);
    else if (field === 2) request.taskId = fields.text();
    else fields.leave();
  }
  return request;
}

/** Most callers set no options, though their message may be there. */
function readOptions(reader: WireReader): TaskOptions {
  const bytes = reader.plain();
  return bytes.length === 0 ? newOptions() : fromBinary(TaskOptionsSchema, bytes);
}
