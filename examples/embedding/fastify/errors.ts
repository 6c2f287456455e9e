/** What a caller of the web process is told of an error: a status and a body without our internals. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import {
  FailureKind,
  QTasksError,
  TaskFailedError,
  type FieldViolation,
  type Reason,
  type StatusCode,
  type StatusName,
} from "../../../src/index.ts";

/** The body of every answer that is no success. */
export interface ErrorBody {
  readonly error: string;
  readonly message: string;
  /** What is wrong with the request, field by field. */
  readonly fields?: readonly FieldViolation[];
  /** The task that failed. */
  readonly taskId?: string;
}

interface Answer {
  readonly status: number;
  readonly body: ErrorBody;
}

type SendableError = FastifyError | QTasksError | TaskFailedError;

/** Of calls to QTasks. What is missing is a fault of this program or of its task server: 500. */
const HTTP_STATUS: Partial<Readonly<Record<StatusCode, number>>> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Reasons with a status of their own. */
const STATUS_OF_REASON: Partial<Readonly<Record<Reason, number>>> = {
  PAYLOAD_TOO_LARGE: 413,
  // This process ends while the task server has not acknowledged the task.
  CALL_CANCELED: 503,
  // No task server has been up yet.
  DEFINITION_NOT_FOUND: 503,
};

/** How a task failed that no handler blamed on its input. */
const OF_KIND: Readonly<Record<number, readonly [status: number, error: string]>> = {
  [FailureKind.CANCELED]: [409, "TASK_CANCELED"],
  [FailureKind.REJECTED]: [422, "TASK_REJECTED"],
  [FailureKind.EXPIRED]: [503, "TASK_EXPIRED"],
  [FailureKind.ATTEMPT_TIMEOUT]: [504, "TASK_TIMEOUT"],
  [FailureKind.TOTAL_TIMEOUT]: [504, "TASK_TIMEOUT"],
};

/** By which a handler says that the input is to blame. */
const INPUT_CODES: ReadonlySet<StatusName | undefined> = new Set([
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "FAILED_PRECONDITION",
  "OUT_OF_RANGE",
]);

/** For `fastify.setErrorHandler`. */
export function sendError(
  error: SendableError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, body } = answerTo(error);
  // Of a task that failed, its worker has logged the rest.
  const err = error instanceof TaskFailedError ? error.message : error;
  if (status >= 500) request.log.error({ err }, "a request failed");
  if (status === 503) reply.header("retry-after", "1");
  void reply.code(status).send(body);
}

function answerTo(error: SendableError): Answer {
  if (error instanceof TaskFailedError) return ofTask(error);
  if (error instanceof QTasksError) return ofCall(error);
  if (error.validation !== undefined) return ofValidation(error);
  const status = error.statusCode ?? 500;
  if (status < 500) return { status, body: { error: error.code, message: error.message } };
  return { status, body: { error: "INTERNAL", message: "this request failed; it was logged" } };
}

/** The task failed, whose handler chose the words only where it chose a code as well. */
function ofTask({ taskId, failure, kind, codeName, type }: TaskFailedError): Answer {
  if (INPUT_CODES.has(codeName))
    return { status: 422, body: { error: type, message: failure.message, taskId } };
  const [status, error] = OF_KIND[kind] ?? [500, "TASK_FAILED"];
  return { status, body: { error, message: "the task did not succeed", taskId } };
}

function ofCall({ reason, code, message, fields }: QTasksError): Answer {
  const status = STATUS_OF_REASON[reason] ?? HTTP_STATUS[code] ?? 500;
  if (status === 503) return { status, body: { error: reason, message: "send it again later" } };
  if (status > 499) return { status, body: { error: reason, message: "this request failed" } };
  return { status, body: { error: reason, message, ...(fields.length > 0 && { fields }) } };
}

/** Fastify checked the request by the route's schema. */
function ofValidation({
  message,
  validation = [],
  validationContext = "body",
}: FastifyError): Answer {
  const fields = validation.map(({ instancePath, params, message: description = "" }) => ({
    field: [validationContext, ...pathOf(instancePath), ...missing(params)].join("."),
    description,
  }));
  return { status: 400, body: { error: "FIELD_VIOLATION", message, fields } };
}

function pathOf(instancePath: string): string[] {
  return instancePath.split("/").filter((part) => part !== "");
}

/** The name of a field that should be there belongs to its path. */
function missing({ missingProperty }: Readonly<Record<string, unknown>>): string[] {
  return typeof missingProperty === "string" ? [missingProperty] : [];
}
