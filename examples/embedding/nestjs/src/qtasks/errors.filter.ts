/** What a client is told where a call to QTasks, or a task, fails. */
import { Catch, type ArgumentsHost, type ExceptionFilter } from "@nestjs/common";
import { HttpAdapterHost } from "@nestjs/core";
import { QTasksError, TaskFailedError, type StatusCode } from "qtasks";

/** What is missing is a fault of this program: 500. */
const HTTP_STATUS: Partial<Readonly<Record<StatusCode, number>>> = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  FAILED_PRECONDITION: 409,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};

/** For `app.useGlobalFilters`, or as a provider of APP_FILTER. */
@Catch(QTasksError, TaskFailedError)
export class QTasksErrorFilter implements ExceptionFilter<QTasksError | TaskFailedError> {
  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: QTasksError | TaskFailedError, context: ArgumentsHost): void {
    const response: unknown = context.switchToHttp().getResponse();
    const { status, body } = answerTo(error);
    this.host.httpAdapter.reply(response, body, status);
  }
}

function answerTo(error: QTasksError | TaskFailedError): { status: number; body: object } {
  if (error instanceof TaskFailedError) return ofTask(error);
  const { reason, code, message, fields, metadata } = error;
  // The wait is over, the task is not: the client asks again.
  if (reason === "STILL_RUNNING") return { status: 202, body: { taskId: metadata["task_id"] } };
  const status = HTTP_STATUS[code] ?? 500;
  return { status, body: status === 500 ? { error: reason } : { error: reason, message, fields } };
}

/** A handler that chose a code chose its words for the caller; others may tell of our internals. */
function ofTask({ taskId, failure, code }: TaskFailedError): { status: number; body: object } {
  if (code === 0) return { status: 500, body: { error: "TASK_FAILED", taskId } };
  return { status: 422, body: { error: "TASK_FAILED", message: failure.message, taskId } };
}
