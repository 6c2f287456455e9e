/**
 * Enqueue requests from their wire format: as many as there are tasks. Only what most requests hold is read here:
 * undefined leaves the whole message to protobuf-es, with its errors.
 */
import { isUtf8 } from "node:buffer";
import { create, fromBinary } from "@bufbuild/protobuf";
import { TaskOptionsSchema, type Payload, type TaskSpec } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  BatchEnqueueTasksRequestSchema,
  type BatchEnqueueTasksRequest,
  type EnqueueTaskRequest,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { newEnqueueTask, newPayload, newSpec } from "./messages.ts";
import { BYTES, WireReader } from "./wire.ts";

export function decodeEnqueueTask(bytes: Buffer): EnqueueTaskRequest | undefined {
  const fields = new Fields(bytes);
  const request = newEnqueueTask();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) request.spec = readSpec(fields);
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

function readSpec(parent: Fields): TaskSpec {
  const fields = parent.inner();
  const spec = newSpec();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) spec.name = fields.text();
    else if (field === 2) spec.payload = readPayload(fields);
    else if (field === 3) spec.options = fromBinary(TaskOptionsSchema, fields.plain());
    else if (field === 6) spec.parentTaskId = fields.text();
    else fields.leave();
  }
  return parent.after(fields, spec);
}

function readPayload(parent: Fields): Payload {
  const fields = parent.inner();
  const payload = newPayload();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) payload.body = { case: "data", value: fields.plain() };
    else if (field === 2) payload.body = { case: "text", value: fields.text() };
    else if (field === 3) payload.contentType = fields.text();
    else if (field === 4) payload.schema = fields.text();
    else fields.leave();
  }
  return parent.after(fields, payload);
}

/** The length-delimited fields of a message, each at most once; anything else is left to protobuf-es. */
class Fields {
  /** There is something that is not read here. */
  left = false;
  readonly #reader: WireReader;
  readonly #repeated: number;
  #seen = 0;

  constructor(bytes: Buffer, { repeated = 0 }: { readonly repeated?: number } = {}) {
    this.#reader = new WireReader(bytes);
    this.#repeated = repeated;
  }

  /** The number of the next field; undefined at the end, and once something was left. */
  next(): number | undefined {
    if (this.left || this.#reader.done) return undefined;
    const tag = this.#reader.varint();
    const field = tag >>> 3;
    const bit = 1 << field;
    if ((tag & 7) !== BYTES || field > 15 || (this.#seen & bit) !== 0) {
      this.left = true;
      return undefined;
    }
    if (field !== this.#repeated) this.#seen |= bit;
    return field;
  }

  leave(): void {
    this.left = true;
  }

  view(): Buffer {
    return this.#reader.view();
  }

  /** Not a Buffer: programs that get the message compare and print it. */
  plain(): Uint8Array {
    const view = this.#reader.view();
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  }

  text(): string {
    const view = this.#reader.view();
    // What is not UTF-8 is an error, which protobuf-es words.
    if (!isUtf8(view)) this.left = true;
    return view.toString("utf8");
  }

  inner(): Fields {
    return new Fields(this.#reader.view());
  }

  /** The message that was read from the inner fields. */
  after<T>(inner: Fields, message: T): T {
    this.left ||= inner.left;
    return message;
  }
}
