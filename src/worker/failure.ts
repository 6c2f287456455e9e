/** Whatever a handler throws, as a Failure. */
import { create } from "@bufbuild/protobuf";
import { inspect } from "node:util";
import {
  FailureKind,
  FailureSchema,
  type Failure,
  type Payload,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { toDuration } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { clip, retryInfoOf, shortenFailure } from "../core/failure.ts";
import { DEFAULT_LIMITS } from "../core/limits.ts";
import { bytesPayload } from "../core/payload.ts";
import { InputRejectedError, RetryLaterError, TaskError, TerminalError } from "./errors.ts";
import { GrpcStatusError, statusOf, typeOfCode, type GrpcStatus } from "./grpc-status.ts";
import { encodeValue } from "./payload.ts";
import { STATUS_CODES } from "../core/status-code.ts";

const MAX_CAUSES = 5;
const MAX_MESSAGE_BYTES = 8 << 10;
const MAX_STACK_BYTES = 16 << 10;
const SOURCE = `node/${process.versions.node}`;

/** A failure that the worker itself decided on, without a stack. */
export function workerFailure(
  type: string,
  message: string,
  kind: FailureKind = FailureKind.APPLICATION,
): Failure {
  const text = clip(message, MAX_MESSAGE_BYTES);
  return create(FailureSchema, { kind, type, message: text, source: SOURCE, nonRetryable: true });
}

/** The failure of an attempt whose handler threw; any value will do, also one that lies about itself. */
export function failureOf(thrown: unknown): Failure {
  try {
    return shortenFailure(steered(thrown), DEFAULT_LIMITS.maxFailureBytes);
  } catch {
    // What no message can hold, such as a code of 1.5, must not end the worker.
    return unreadable(create(FailureSchema, { kind: FailureKind.APPLICATION, source: SOURCE }));
  }
}

/** With what the error says about further attempts. */
function steered(thrown: unknown): Failure {
  const failure = describe(thrown, 0);
  if (thrown instanceof TerminalError) failure.nonRetryable = true;
  if (thrown instanceof RetryLaterError) failure.retryDelay = toDuration(thrown.delayMs);
  if (thrown instanceof InputRejectedError) {
    failure.kind = FailureKind.REJECTED;
    failure.nonRetryable = true;
  }
  return failure;
}

function unreadable(failure: Failure): Failure {
  failure.type = "qtasks.UnreadableError";
  failure.message ||= "what the handler threw can't be read";
  return failure;
}

function describe(thrown: unknown, depth: number): Failure {
  const failure = create(FailureSchema, { kind: FailureKind.APPLICATION, source: SOURCE });
  try {
    if (thrown instanceof Error) describeError(failure, thrown, depth);
    else describeOther(failure, thrown);
  } catch {
    // Getters of a thrown object can throw in turn; the attempt must end all the same.
    unreadable(failure);
  }
  return failure;
}

function describeError(failure: Failure, error: Error, depth: number): void {
  failure.type = clip(typeOf(error), 255);
  failure.message = clip(String(error.message), MAX_MESSAGE_BYTES);
  failure.stackTrace = clip(String(error.stack ?? ""), MAX_STACK_BYTES);
  if (error instanceof TaskError) {
    failure.code = codeOf(error);
    failure.details = encodeDetails(error.details);
  }
  const status = statusOf(error);
  if (status !== undefined) describeStatus(failure, status);
  if (error instanceof GrpcStatusError) {
    // It was thrown elsewhere: this process's own stack explains nothing.
    failure.stackTrace = "";
    failure.source = error.source;
  }
  const cause = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  if (cause !== undefined && depth < MAX_CAUSES) failure.cause = describe(cause, depth + 1);
}

/** A code that there is not is none: programs without types pass on those of other errors, such as `ENOENT`. */
function codeOf({ code }: TaskError): number {
  return code !== undefined && Object.hasOwn(STATUS_CODES, code) ? STATUS_CODES[code] : 0;
}

function describeStatus(failure: Failure, { code, message, details }: GrpcStatus): void {
  failure.code = code;
  failure.type = typeOfCode(code);
  failure.message = clip(message, MAX_MESSAGE_BYTES);
  failure.details = details && bytesPayload("google.rpc.Status", details);
  // The server reads it off the details too, where no codec hides them.
  failure.retryDelay = retryInfoOf(failure);
}

function describeOther(failure: Failure, thrown: unknown): void {
  failure.type = "qtasks.NonErrorThrown";
  const text = typeof thrown === "string" ? thrown : inspect(thrown, { depth: 2 });
  failure.message = clip(text, MAX_MESSAGE_BYTES);
}

function typeOf(error: Error): string {
  if (error instanceof QTasksError) return `qtasks.${error.reason}`;
  const { type } = error as { type?: unknown };
  if (typeof type === "string" && type !== "") return type;
  return String(error.name || error.constructor.name || "Error");
}

function encodeDetails(details: unknown): Payload | undefined {
  if (details === undefined) return undefined;
  try {
    return encodeValue(details);
  } catch {
    return encodeValue("the details can't be encoded as JSON");
  }
}
