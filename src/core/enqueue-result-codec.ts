/** Answers to enqueues in wire format: an item for each task. */
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { ItemErrorSchema } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  BatchEnqueueResult,
  BatchEnqueueTasksResponse,
  BatchEnqueueTasksResponseSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { newEnqueueResult } from "./messages.ts";
import { BYTES, bytesFieldSize, textFieldSize, VARINT, WireWriter } from "./wire.ts";
import { Fields } from "./wire-fields.ts";

const TAG = { taskId: (1 << 3) | BYTES, created: (2 << 3) | VARINT, error: (3 << 3) | BYTES };
const CREATED_SIZE = 2;

export function encodeEnqueueResults({
  results = [],
}: MessageInitShape<typeof BatchEnqueueTasksResponseSchema>): Buffer {
  const errors = results.map(errorBytes);
  const sizes = results.map((result, at) => sizeOf(result, errors[at]));
  let size = 0;
  for (const item of sizes) size += bytesFieldSize(item);
  const writer = new WireWriter(size);
  for (let at = 0; at < results.length; at++) {
    const { taskId = "", created = false } = results[at]!;
    writer.head(1, sizes[at]!);
    if (taskId !== "") writer.textField(1, taskId);
    if (created) writer.varintField(2, 1);
    const error = errors[at];
    if (error !== undefined) writer.bytesField(3, error);
  }
  return writer.bytes;
}

type ResultInit = NonNullable<
  MessageInitShape<typeof BatchEnqueueTasksResponseSchema>["results"]
>[number];

function errorBytes({ error }: ResultInit): Uint8Array | undefined {
  return error && toBinary(ItemErrorSchema, create(ItemErrorSchema, error));
}

function sizeOf({ taskId = "", created = false }: ResultInit, error: Uint8Array | undefined) {
  const ofError = error === undefined ? 0 : bytesFieldSize(error.length);
  return textFieldSize(taskId) + (created ? CREATED_SIZE : 0) + ofError;
}

/** Undefined leaves the message to protobuf-es. */
export function decodeEnqueueResults(bytes: Buffer): BatchEnqueueTasksResponse | undefined {
  const fields = new Fields(bytes, 1);
  const results: BatchEnqueueResult[] = [];
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field !== 1) return undefined;
    const inner = fields.inner();
    results.push(fields.after(inner, readResult(inner)));
  }
  if (fields.left) return undefined;
  return { $typeName: "qtasksapi.v1.BatchEnqueueTasksResponse", results };
}

function readResult(fields: Fields): BatchEnqueueResult {
  const result = newEnqueueResult("", false);
  while (!fields.done && !fields.left) {
    const tag = fields.varint();
    if (tag === TAG.taskId) result.taskId = fields.text();
    else if (tag === TAG.created) result.created = fields.varint() !== 0;
    else if (tag === TAG.error && result.error === undefined)
      result.error = fromBinary(ItemErrorSchema, fields.plain());
    else fields.leave();
  }
  return result;
}
