/**
 * Enqueue requests in wire format: as many as there are tasks. What few requests hold is left to protobuf-es, part by
 * part where that can be, and so is every error.
 */
import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { TaskOptionsSchema, type TaskOptions } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  EnqueueTaskRequestSchema,
  type BatchEnqueueTasksRequest,
  type BatchEnqueueTasksRequestSchema,
  type EnqueueTaskRequest,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { isUnset } from "./effective-options.ts";
import { freeze } from "./freeze.ts";
import { newBatchEnqueue, newEnqueueTask, newOptions } from "./messages.ts";
import {
  measureSpec,
  readSpec,
  writeSpec,
  type EncodedOptions,
  type MeasuredSpec,
  type OptionsReader,
} from "./spec-codec.ts";
import { bytesFieldSize, textFieldSize, WireWriter, type WireReader } from "./wire.ts";
import { Fields } from "./wire-fields.ts";

/** Undefined leaves the message to protobuf-es. */
export function decodeEnqueueTask(bytes: Buffer): EnqueueTaskRequest | undefined {
  const fields = new Fields(bytes);
  const request = readEnqueueTask(fields, readOptions);
  return fields.left ? undefined : request;
}

/** As {@link decodeEnqueueTask}. */
export function decodeBatchEnqueue(bytes: Buffer): BatchEnqueueTasksRequest | undefined {
  const fields = new Fields(bytes, 1);
  const requests: EnqueueTaskRequest[] = [];
  const readShared = sharedOptionsReader();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field !== 1) return undefined;
    const inner = fields.inner();
    requests.push(fields.after(inner, readEnqueueTask(inner, readShared)));
  }
  return fields.left ? undefined : newBatchEnqueue(requests);
}

export function encodeEnqueueTask(init: MessageInitShape<typeof EnqueueTaskRequestSchema>): Buffer {
  const measured = measure(init);
  const writer = new WireWriter(measured.size);
  write(writer, measured);
  return writer.bytes;
}

export function encodeBatchEnqueue(
  init: MessageInitShape<typeof BatchEnqueueTasksRequestSchema>,
): Buffer {
  const requests = (init.requests ?? []).map(measure);
  let size = 0;
  for (const request of requests) size += bytesFieldSize(request.size);
  const writer = new WireWriter(size);
  for (const request of requests) {
    writer.head(1, request.size);
    write(writer, request);
  }
  return writer.bytes;
}

/** A request that is about to be written. */
interface MeasuredRequest {
  readonly request: EnqueueTaskRequest;
  /** Bytes that it takes. */
  readonly size: number;
  readonly spec: MeasuredSpec | undefined;
  /** All of it, where there is what only protobuf-es writes. */
  readonly whole: Uint8Array | undefined;
}

function measure(init: MessageInitShape<typeof EnqueueTaskRequestSchema>): MeasuredRequest {
  const request = create(EnqueueTaskRequestSchema, init);
  if (request.start.case !== undefined || request.$unknown !== undefined) {
    const whole = toBinary(EnqueueTaskRequestSchema, request);
    return { request, size: whole.length, spec: undefined, whole };
  }
  const { taskId } = request;
  const spec = request.spec && measureSpec(request.spec, encodedOptions(request.spec.options));
  const size = textFieldSize(taskId) + (spec === undefined ? 0 : bytesFieldSize(spec.size));
  return { request, size, spec, whole: undefined };
}

function write(writer: WireWriter, { request, spec, whole }: MeasuredRequest): void {
  if (whole !== undefined) return writer.raw(whole);
  if (spec !== undefined) {
    writer.head(1, spec.size);
    writeSpec(writer, request.spec!, spec);
  }
  if (request.taskId !== "") writer.textField(2, request.taskId);
}

function readEnqueueTask(fields: Fields, options: OptionsReader): EnqueueTaskRequest {
  const request = newEnqueueTask();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) request.spec = readSpec(fields, options);
    else if (field === 2) request.taskId = fields.text();
    else readStart(fields, field, request);
  }
  return request;
}

function readStart(fields: Fields, field: number, request: EnqueueTaskRequest): void {
  // Of two the last one holds.
  if (request.start.case !== undefined) fields.leave();
  else if (field === 3)
    request.start = { case: "scheduleTime", value: fromBinary(TimestampSchema, fields.plain()) };
  else if (field === 4)
    request.start = { case: "delay", value: fromBinary(DurationSchema, fields.plain()) };
  else fields.leave();
}

/** Most callers set no options, though their message may be there. */
function readOptions(reader: WireReader): TaskOptions {
  const bytes = reader.plain();
  return bytes.length === 0 ? newOptions() : fromBinary(TaskOptionsSchema, bytes);
}

/** Of requests in a row with the same options all get one message, which is frozen then. */
function sharedOptionsReader(): OptionsReader {
  let known: { readonly bytes: Buffer; readonly options: TaskOptions } | undefined;
  return (reader) => {
    const { at } = reader;
    const bytes = reader.view();
    if (known !== undefined && bytes.equals(known.bytes)) return freeze(known.options);
    reader.at = at;
    const options = readOptions(reader);
    // Nothing to read is nothing to share.
    if (bytes.length > 0) known = { bytes, options };
    return options;
  };
}

function encodedOptions(options: TaskOptions | undefined): EncodedOptions | undefined {
  if (options === undefined) return undefined;
  const isEmpty = isUnset(options) && options.$unknown === undefined;
  return { options, encoded: isEmpty ? NO_BYTES : toBinary(TaskOptionsSchema, options) };
}

const NO_BYTES = new Uint8Array();
