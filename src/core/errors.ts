/**
 * The one error that QTasks throws on purpose, with a closed list of reasons. It is translated to
 * a gRPC status once, at the edge (`server/errors.ts`); `docs/errors.md` has an entry per reason.
 */

/** A google.rpc.Code. */
export type StatusCode =
  | "INVALID_ARGUMENT"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "FAILED_PRECONDITION"
  | "ABORTED"
  | "RESOURCE_EXHAUSTED"
  | "UNAVAILABLE"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "UNIMPLEMENTED"
  | "DEADLINE_EXCEEDED"
  | "CANCELLED"
  | "INTERNAL";

/** Every reason and the status code that it travels under. Reasons are stable: clients match them. */
export const REASONS = {
  FIELD_VIOLATION: "INVALID_ARGUMENT",
  PAGE_TOKEN_INVALID: "INVALID_ARGUMENT",
  MESSAGE_MALFORMED: "INVALID_ARGUMENT",
  TASK_NOT_FOUND: "NOT_FOUND",
  QUEUE_NOT_FOUND: "NOT_FOUND",
  SESSION_NOT_FOUND: "NOT_FOUND",
  DEFINITION_NOT_FOUND: "NOT_FOUND",
  SERVICE_NOT_FOUND: "NOT_FOUND",
  TASK_ID_EXISTS: "ALREADY_EXISTS",
  UNIQUE_KEY_HELD: "ALREADY_EXISTS",
  TASK_NOT_TERMINAL: "FAILED_PRECONDITION",
  TASK_ALREADY_STARTED: "FAILED_PRECONDITION",
  DEFINITION_CONFLICT: "FAILED_PRECONDITION",
  EVENTS_MISSING: "FAILED_PRECONDITION",
  CONFIG_INVALID: "FAILED_PRECONDITION",
  BACKEND_LOCKED: "FAILED_PRECONDITION",
  BACKEND_MISMATCH: "FAILED_PRECONDITION",
  REVISION_MISMATCH: "ABORTED",
  PAYLOAD_TOO_LARGE: "RESOURCE_EXHAUSTED",
  QUEUE_FULL: "RESOURCE_EXHAUSTED",
  RATE_LIMITED: "RESOURCE_EXHAUSTED",
  TOO_MANY_STREAMS: "RESOURCE_EXHAUSTED",
  TOO_MANY_MATCHES: "RESOURCE_EXHAUSTED",
  TOO_MANY_EVENTS: "RESOURCE_EXHAUSTED",
  SHUTTING_DOWN: "UNAVAILABLE",
  STORAGE_UNAVAILABLE: "UNAVAILABLE",
  BROKER_UNAVAILABLE: "UNAVAILABLE",
  SERVER_UNREACHABLE: "UNAVAILABLE",
  TOKEN_INVALID: "UNAUTHENTICATED",
  SCOPE_MISSING: "PERMISSION_DENIED",
  METHOD_NOT_FOUND: "UNIMPLEMENTED",
  STREAMING_KIND: "UNIMPLEMENTED",
  STILL_RUNNING: "DEADLINE_EXCEEDED",
  CALL_CANCELED: "CANCELLED",
  RESULT_MISMATCH: "INTERNAL",
  INTERNAL: "INTERNAL",
} as const satisfies Record<string, StatusCode>;

export type Reason = keyof typeof REASONS;

/** What is wrong with one field of a request. */
export interface FieldViolation {
  /** Path as in the proto file, such as `spec.options.priority` or `requests[3].spec.name`. */
  readonly field: string;
  /** What is expected, with the limit, and what came. */
  readonly description: string;
}

export interface QTasksErrorOptions {
  readonly fields?: readonly FieldViolation[];
  /** Facts for programs, sent as ErrorInfo.metadata. Never payloads, tokens or headers. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** How long to wait before a repeat makes sense, in ms. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** An error with a stable reason; `code` is the gRPC status that it maps to. */
export class QTasksError extends Error {
  override readonly name = "QTasksError";
  readonly reason: Reason;
  readonly fields: readonly FieldViolation[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;

  constructor(reason: Reason, message: string, options: QTasksErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.fields = options.fields ?? [];
    this.metadata = options.metadata ?? {};
    this.retryAfterMs = options.retryAfterMs;
  }

  get code(): StatusCode {
    return REASONS[this.reason];
  }

  /** Whatever was thrown, as a QTasksError; what is not one already becomes INTERNAL. */
  static from(thrown: unknown): QTasksError {
    if (thrown instanceof QTasksError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new QTasksError("INTERNAL", message, { cause: thrown });
  }
}

/** FIELD_VIOLATION for one field. */
export function fieldError(field: string, description: string): QTasksError {
  return fieldErrors([{ field, description }]);
}

/** FIELD_VIOLATION for several fields at once; the message names them all. */
export function fieldErrors(fields: readonly FieldViolation[]): QTasksError {
  const message = fields.map((violation) => `${violation.field}: ${violation.description}`);
  return new QTasksError("FIELD_VIOLATION", message.join("; "), { fields });
}

export function taskNotFound(taskId: string): QTasksError {
  return new QTasksError("TASK_NOT_FOUND", `no task has the id ${taskId}`, {
    metadata: { task_id: taskId },
  });
}
