/** From the metadata of a call to the task that it asks for. */
import { create } from "@bufbuild/protobuf";
import { TASK_ID_KEY } from "../../core/call-keys.ts";
import {
  TaskOptionsSchema,
  TaskSpecSchema,
  UniqueKeySchema,
  type TaskOptions,
  type TaskSpec,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
import {
  EnqueueTaskRequestSchema,
  type EnqueueTaskRequest,
} from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { toDuration } from "../../core/duration.ts";
import { fieldErrors, QTasksError, type FieldViolation } from "../../core/errors.ts";
import type { Limits } from "../../core/limits.ts";
import { bytesPayload } from "../../core/payload.ts";
import { checkEnqueue, violated } from "../checks/tasks.ts";
import type { DurableMethod } from "./durable-method.ts";

const AFTER_OUTPUT = "qtasks-after-output";

/** A call, checked. */
export interface CallRequest {
  /** `taskId` is empty where the caller chose none. */
  readonly enqueue: EnqueueTaskRequest;
  /** Of a stream: outputs that the caller has already. */
  readonly afterOutput: number;
}

/** What of a request's metadata is about the call and not for its handler, or must not be stored. */
const NOT_HANDED_ON =
  /^(:.*|authorization|proxy-authorization|cookie|set-cookie|grpc-.*|qtasks-.*|connect-.*|x-grpc-web|x-user-agent|user-agent|host|te|content-.*|accept|accept-.*|connection|keep-alive|transfer-encoding|upgrade|http2-settings|origin|referer|sec-.*|.*-bin)$/;

/** The request's fields as its caller knows them. */
const NAMES: Readonly<Record<string, string>> = {
  task_id: TASK_ID_KEY,
  "spec.options.queue": "qtasks-queue",
  "spec.options.priority": "qtasks-priority",
  "spec.options.retention": "qtasks-retention",
  "spec.unique.key": "qtasks-unique-key",
  "spec.payload": "message",
  delay: "qtasks-delay",
};

/**
 * The task that a call asks for. FIELD_VIOLATION naming each key of the metadata that is wrong or unknown, PAYLOAD_TOO_LARGE
 * for its message.
 */
export function callRequest(
  method: DurableMethod,
  message: Uint8Array,
  metadata: ReadonlyMap<string, string>,
  limits: Limits,
): CallRequest {
  const reader = new Reader();
  for (const [key, value] of metadata) reader.read(key.toLowerCase(), value);
  reader.spec.name = method.name;
  reader.spec.payload = bytesPayload(method.input, message);
  if (reader.wrong.length > 0) throw fieldErrors(reader.wrong);
  const error = violated(limits, (check) => checkEnqueue(check, reader.enqueue));
  if (error !== undefined) throw inCallersWords(error);
  return { enqueue: reader.enqueue, afterOutput: reader.afterOutput };
}

class Reader {
  readonly wrong: FieldViolation[] = [];
  readonly spec: TaskSpec = create(TaskSpecSchema);
  readonly enqueue: EnqueueTaskRequest = create(EnqueueTaskRequestSchema, { spec: this.spec });
  afterOutput = 0;

  read(key: string, value: string): void {
    if (Object.hasOwn(KEYS, key)) KEYS[key]!(this, value, key);
    else if (key.startsWith("qtasks-"))
      this.wrong.push({
        field: key,
        description: `is not known; there are ${CALL_KEYS.join(", ")}`,
      });
    else if (!NOT_HANDED_ON.test(key)) this.spec.headers[key] = value;
  }

  get options(): TaskOptions {
    return (this.spec.options ??= create(TaskOptionsSchema));
  }

  integer(field: string, text: string): number {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (Number.isNaN(value)) this.wrong.push({ field, description: `a whole number; got ${text}` });
    return value;
  }

  /** As in protobuf's JSON: seconds with an `s`. */
  duration(field: string, text: string) {
    const seconds = /^\d{1,12}(\.\d{1,9})?s$/.test(text) ? Number(text.slice(0, -1)) : NaN;
    if (!Number.isNaN(seconds)) return toDuration(Math.round(seconds * 1_000));
    this.wrong.push({ field, description: `seconds such as 1.5s; got ${text}` });
    return undefined;
  }
}

const KEYS: Readonly<Record<string, (reader: Reader, value: string, key: string) => void>> = {
  [TASK_ID_KEY]: (reader, value) => (reader.enqueue.taskId = value),
  "qtasks-queue": (reader, value) => (reader.options.queue = value),
  "qtasks-priority": (reader, value, key) => (reader.options.priority = reader.integer(key, value)),
  "qtasks-delay": (reader, value, key) => {
    const delay = reader.duration(key, value);
    if (delay !== undefined) reader.enqueue.start = { case: "delay", value: delay };
  },
  "qtasks-unique-key": (reader, value) =>
    (reader.spec.unique = create(UniqueKeySchema, { key: value })),
  "qtasks-retention": (reader, value, key) => {
    const retention = reader.duration(key, value);
    if (retention !== undefined) reader.options.retention = retention;
  },
  [AFTER_OUTPUT]: (reader, value, key) => {
    reader.afterOutput = reader.integer(key, value);
    if (reader.afterOutput < 0)
      reader.wrong.push({ field: key, description: `0 or more; got ${value}` });
  },
};

/** What a call may say by its metadata. */
export const CALL_KEYS: readonly string[] = Object.keys(KEYS);

function inCallersWords(error: QTasksError): QTasksError {
  if (error.fields.length === 0) return error;
  const fields = error.fields.map(({ field, description }) => ({
    field: NAMES[field] ?? field.replace(/^spec\.headers/, "metadata"),
    description,
  }));
  if (error.reason === "FIELD_VIOLATION") return fieldErrors(fields);
  const message = fields.map(({ field, description }) => `${field}: ${description}`).join("; ");
  return new QTasksError(error.reason, message, { fields, metadata: error.metadata });
}
