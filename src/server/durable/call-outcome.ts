/** How a task's end looks to who called it as a method. */
import { fromBinary } from "@bufbuild/protobuf";
import { TASK_ID_KEY, TASK_STATE_KEY } from "../../core/call-keys.ts";
import {
  FailureKind,
  FailureSchema,
  PayloadSchema,
  TaskState,
  type Failure,
  type Payload,
} from "../../../gen/qtasksapi/v1/task_pb.ts";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { QTasksError } from "../../core/errors.ts";
import { statusOf } from "../../core/failure.ts";
import type { PayloadHooks } from "../../core/payload-hooks.ts";
import type { TaskRecord } from "../../core/record.ts";
import { stateName } from "../../core/state-names.ts";
import { STATUS_CODES } from "../../core/status-code.ts";
import { MAX_STATUS_BYTES, shortenMessage } from "../status.ts";
import type { DurableMethod } from "./durable-method.ts";

/** Codes of failures whose handler chose none. */
const CODE_OF_KIND: Readonly<Partial<Record<number, number>>> = {
  [FailureKind.ATTEMPT_TIMEOUT]: STATUS_CODES.DEADLINE_EXCEEDED,
  [FailureKind.TOTAL_TIMEOUT]: STATUS_CODES.DEADLINE_EXCEEDED,
  [FailureKind.EXPIRED]: STATUS_CODES.DEADLINE_EXCEEDED,
  [FailureKind.LEASE_LOST]: STATUS_CODES.ABORTED,
  [FailureKind.CANCELED]: STATUS_CODES.CANCELLED,
  [FailureKind.REJECTED]: STATUS_CODES.UNIMPLEMENTED,
};

/** The google.rpc.Code of success, which no failure has. */
const OK = 0;

/** The status of a task that has ended. */
export interface CallStatus {
  /** A google.rpc.Code; 0 for success. */
  readonly code: number;
  readonly message: string;
  /** An encoded google.rpc.Status, where the handler gave one that fits into metadata. */
  readonly details: Uint8Array | undefined;
  readonly trailers: Readonly<Record<string, string>>;
}

/** What a call's answers are read by. */
export interface AnswerReader {
  readonly method: DurableMethod;
  /** Undoes what the worker's codec did. */
  readonly codec: PayloadHooks | undefined;
}

/** The status that a terminal record stands for. */
export function callStatus(record: TaskRecord, codec?: PayloadHooks): CallStatus {
  const trailers = callTrailers(record);
  if (record.state === TaskState.SUCCEEDED)
    return { code: OK, message: "", details: undefined, trailers };
  const failure =
    record.failure === undefined ? undefined : fromBinary(FailureSchema, record.failure);
  const code = codeOf(record.state, failure);
  const message = failure?.message ?? stateName(record.state).toLowerCase();
  const details = failure && detailsOf(failure, codec);
  if (details === undefined || details.length <= MAX_STATUS_BYTES)
    return { code, message: shortenMessage(message), details, trailers };
  const dropped = `${message} (details dropped: ${details.length} bytes; the limit is ${MAX_STATUS_BYTES})`;
  return { code, message: shortenMessage(dropped), details: undefined, trailers };
}

/** What every call tells in the end of the task behind it. */
export function callTrailers({ id, state }: TaskRecord): Readonly<Record<string, string>> {
  return { [TASK_ID_KEY]: id, [TASK_STATE_KEY]: stateName(state).toLowerCase() };
}

/** The result's message; no bytes are a message too, and the one that a task without a result has. As {@link messageBytes}. */
export function resultBytes(record: TaskRecord, reader: AnswerReader): Uint8Array {
  return record.result === undefined
    ? new Uint8Array()
    : messageBytes(fromBinary(PayloadSchema, record.result), reader);
}

/** The bytes of an answer. INTERNAL where a worker gave something else than the method's message. */
export function messageBytes(payload: Payload, { method, codec }: AnswerReader): Uint8Array {
  const { name, output } = method;
  const { body, schema, contentType, encodings } = decoded(payload, name, codec);
  if (body.case === undefined) return new Uint8Array();
  if (encodings.length > 0) throw stillEncoded(name, encodings);
  if (body.case === "data" && schema === output) return body.value;
  const what = schema || contentType || (body.case === "text" ? "JSON" : "bytes of no type");
  throw new QTasksError(
    "RESULT_MISMATCH",
    `${name} answers with a ${output}; its worker gave ${what}`,
  );
}

function decoded(payload: Payload, name: string, codec: PayloadHooks | undefined): Payload {
  if (codec === undefined) return payload;
  try {
    return codec.decode(payload);
  } catch (cause) {
    const why = `the answer of ${name} can't be decoded: ${QTasksError.from(cause).message}`;
    throw new QTasksError("RESULT_MISMATCH", why, { cause });
  }
}

/** Parameters of encodings name keys, which are no matter of who calls. */
function stillEncoded(name: string, encodings: readonly string[]): QTasksError {
  const names = encodings.map((encoding) => encoding.split(";")[0]).join(", ");
  return new QTasksError(
    "RESULT_MISMATCH",
    `the answer of ${name} is encoded (${names}), and this server has no codec: read it by a client that has`,
  );
}

/** The same fault with the task's id, so that the caller can find the task again. */
export function withTaskId(error: QTasksError, taskId: string): QTasksError {
  const { reason, metadata, retryAfterMs } = error;
  return new QTasksError(reason, `${error.message}; the task ${taskId} goes on`, {
    metadata: { ...metadata, task_id: taskId },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function codeOf(state: TaskState, failure: Failure | undefined): number {
  if (state === TaskState.CANCELED) return STATUS_CODES.CANCELLED;
  if (state === TaskState.EXPIRED) return STATUS_CODES.DEADLINE_EXCEEDED;
  if (failure === undefined) return STATUS_CODES.UNKNOWN;
  const chosen =
    failure.code >= STATUS_CODES.CANCELLED && failure.code <= STATUS_CODES.UNAUTHENTICATED;
  return chosen ? failure.code : (CODE_OF_KIND[failure.kind] ?? STATUS_CODES.UNKNOWN);
}

function detailsOf(failure: Failure, codec: PayloadHooks | undefined): Uint8Array | undefined {
  const bytes = statusOf({ ...failure, details: readable(failure.details, codec) });
  return bytes !== undefined && isStatus(bytes) ? bytes : undefined;
}

/** Details that can't be decoded are left out: the status tells enough without them. */
function readable(details: Payload | undefined, codec: PayloadHooks | undefined) {
  if (details === undefined || codec === undefined) return details;
  try {
    return codec.decode(details);
  } catch {
    return undefined;
  }
}

function isStatus(bytes: Uint8Array): boolean {
  try {
    fromBinary(StatusSchema, bytes);
    return true;
  } catch {
    return false;
  }
}
