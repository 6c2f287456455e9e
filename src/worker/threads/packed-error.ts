/**
 * Errors as plain data, and back. Cloning alone would make all of them plain Errors: a handler's TerminalError would be
 * retried.
 */
import { fromBinary } from "@bufbuild/protobuf";
import { inspect } from "node:util";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError, type QTasksErrorOptions, type Reason } from "../../core/errors.ts";
import { fromPayload } from "../../core/payload.ts";
import type { StatusName } from "../../core/status-code.ts";
import {
  AttemptAbortedError,
  InputRejectedError,
  RetryLaterError,
  SnoozeError,
  TaskError,
  TerminalError,
  type AbortCause,
} from "../errors.ts";
import { statusOf } from "../grpc-status.ts";
import { encodeValue } from "../payload.ts";

/** Causes below this are left out. */
const MAX_CAUSES = 8;

/** An error, by class. */
export interface PackedError {
  readonly class: ErrorClass;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: PackedError | undefined;
  /** What else its class keeps. */
  readonly own: OwnFacts;
}

interface OwnFacts {
  readonly type?: string | undefined;
  readonly code?: StatusName | undefined;
  readonly details?: Payload | undefined;
  readonly delayMs?: number;
  readonly why?: AbortCause;
  readonly reason?: Reason;
  readonly options?: QTasksErrorOptions;
  /** Of an error of a class that is not ours: its plain properties. */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** What was thrown was no error. */
  readonly value?: unknown;
}

type ErrorClass = keyof typeof UNPACK;

/** Any thrown value as plain data. Never throws. */
export function packError(thrown: unknown, depth = 0): PackedError {
  try {
    return thrown instanceof Error ? packReal(thrown, depth) : packOther(thrown);
  } catch {
    // Getters of a thrown object can throw in turn; the attempt must end all the same.
    const message = "what the handler threw can't be read";
    const [name, own] = ["UnreadableError", { type: "qtasks.UnreadableError" }];
    return { class: "TaskError", name, message, stack: "", cause: undefined, own };
  }
}

/** The error that was packed, as an instance of its class. */
export function unpackError(from: PackedError): unknown {
  if (from.class === "Other") return from.own.value;
  const error = UNPACK[from.class](from);
  // As in a class's own field: not listed where errors are printed.
  if (error.name !== from.name)
    Object.defineProperty(error, "name", { value: from.name, configurable: true });
  if (from.stack !== undefined) error.stack = from.stack;
  if (from.cause !== undefined) error.cause = unpackError(from.cause);
  return error;
}

function packReal(error: Error, depth: number): PackedError {
  if (error instanceof TaskError) return packTaskError(error, depth);
  if (error instanceof SnoozeError)
    return packed("SnoozeError", error, { delayMs: error.delayMs }, depth);
  if (error instanceof AttemptAbortedError)
    return packed("AttemptAbortedError", error, { why: error.why }, depth);
  if (error instanceof InputRejectedError)
    return packed("InputRejectedError", error, { type: error.type }, depth);
  if (error instanceof QTasksError) return packQTasksError(error, depth);
  if (error instanceof AggregateError) return packed("AggregateError", error, {}, depth);
  return packed("Error", error, { properties: propertiesOf(error) }, depth);
}

function packTaskError(error: TaskError, depth: number): PackedError {
  const own = { type: error.type, code: error.code, details: packDetails(error.details) };
  if (error instanceof RetryLaterError)
    return packed("RetryLaterError", error, { ...own, delayMs: error.delayMs }, depth);
  return packed(error instanceof TerminalError ? "TerminalError" : "TaskError", error, own, depth);
}

function packQTasksError(error: QTasksError, depth: number): PackedError {
  const { reason, fields, metadata, retryAfterMs } = error;
  return packed(
    "QTasksError",
    error,
    { reason, options: { fields, metadata, retryAfterMs } },
    depth,
  );
}

function packed(kind: ErrorClass, error: Error, own: OwnFacts, depth: number): PackedError {
  const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  return {
    class: kind,
    name: String(error.name),
    message: String(error.message),
    stack: typeof error.stack === "string" ? error.stack : undefined,
    cause: cause !== undefined && depth < MAX_CAUSES ? packError(cause, depth + 1) : undefined,
    // What can't be cloned must not keep the error from arriving.
    own: cloneable(own) ? own : {},
  };
}

function packOther(value: unknown): PackedError {
  const own = { value: cloneable(value) ? value : inspect(value, { depth: 2 }) };
  return { class: "Other", name: "", message: "", stack: undefined, cause: undefined, own };
}

function packDetails(details: unknown): Payload | undefined {
  if (details === undefined) return undefined;
  try {
    return encodeValue(details);
  } catch {
    return encodeValue("the details can't be encoded as JSON");
  }
}

/** Details of Connect errors hold descriptors, which can't be cloned: they become what an incoming error has. */
function propertiesOf(error: Error): Readonly<Record<string, unknown>> {
  const status = statusOf(error);
  const own = Object.entries(error).filter(([, value]) => cloneable(value));
  if (status === undefined) return Object.fromEntries(own);
  const { code, message: rawMessage, details } = status;
  const incoming = details && fromBinary(StatusSchema, details).details;
  return {
    code,
    rawMessage,
    details:
      incoming?.map(({ typeUrl, value }) => ({ type: typeUrl.split("/").at(-1), value })) ?? [],
  };
}

function cloneable(value: unknown): boolean {
  if (value === null || (typeof value !== "object" && typeof value !== "function"))
    return typeof value !== "symbol";
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

const UNPACK = {
  TaskError: ({ message, own }) => new TaskError(message, taskOptions(own)),
  TerminalError: ({ message, own }) => new TerminalError(message, taskOptions(own)),
  RetryLaterError: ({ message, own }) =>
    new RetryLaterError(own.delayMs ?? 0, message, taskOptions(own)),
  SnoozeError: ({ message, own }) => new SnoozeError(own.delayMs ?? 0, message),
  AttemptAbortedError: ({ message, own }) =>
    new AttemptAbortedError(own.why ?? "canceled", message),
  InputRejectedError: ({ message, own }) => new InputRejectedError(own.type ?? "", message),
  QTasksError: ({ message, own }) =>
    new QTasksError(own.reason ?? "INTERNAL", message, own.options),
  AggregateError: ({ message, cause }) =>
    new AggregateError(cause === undefined ? [] : [unpackError(cause)], message),
  Error: (from) => plainError(from),
  Other: () => new Error(),
} as const satisfies Record<string, (from: PackedError) => Error>;

function taskOptions({ type, code, details }: OwnFacts) {
  const value = details === undefined || details.schema !== "" ? details : fromPayload(details);
  return { type, code, details: value } as ConstructorParameters<typeof TaskError>[1];
}

const STANDARD = { TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };

function plainError({ name, message, own }: PackedError): Error {
  const Class = Object.hasOwn(STANDARD, name) ? STANDARD[name as keyof typeof STANDARD] : Error;
  return Object.assign(new Class(message), own.properties);
}
