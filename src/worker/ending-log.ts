/** What the worker's log says of attempts that did not succeed. */
import type { Logger } from "pino";
import { TaskState, type Failure } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs } from "../core/duration.ts";
import { isTerminal, isWaiting } from "../core/record.ts";
import { factsOf, type Attempt } from "./attempt.ts";

/** One line for an outcome that is no success. `state`: the task's since, UNSPECIFIED where the server has not said. */
export function logEnding(
  logger: Logger,
  attempt: Attempt,
  { kind }: Pick<Outcome, "kind">,
  state: TaskState = TaskState.UNSPECIFIED,
): void {
  if (kind.case === "failure") logFailure(logger, attempt, kind.value, state);
  if (kind.case === "canceled") logger.debug(factsOf(attempt), "a handler stopped: canceled");
  if (kind.case !== "release") return;
  const { reason, delay } = kind.value;
  const delayMs = delay === undefined ? 0 : durationMs(delay);
  logger.debug({ ...factsOf(attempt), reason, delayMs }, "a task went back");
}

/**
 * A failure as the `err` of a log line. It has no details and no other properties of what was thrown: they are for the
 * caller, and may be what a codec keeps from everybody else.
 */
export function failureForLog(failure: Failure): object {
  const { type, message } = failure;
  // Without a prototype: pino takes an error's type from its constructor, and from its name where it has none.
  const err = Object.assign(Object.create(null) as object, {
    type,
    message,
    stack: stackOf(failure),
  });
  return Object.defineProperty(err, "name", { value: type });
}

function logFailure(logger: Logger, attempt: Attempt, failure: Failure, state: TaskState): void {
  const facts = { ...factsOf(attempt), err: failureForLog(failure) };
  const isOver = state === TaskState.UNSPECIFIED ? failure.nonRetryable : isTerminal(state);
  if (isOver && state !== TaskState.CANCELED) logger.error(facts, "a task failed");
  else if (isWaiting(state)) logger.warn(facts, "an attempt failed: the task will be retried");
  else logger.warn(facts, "an attempt failed");
}

function stackOf({ stackTrace, type, message, cause }: Failure): string {
  const stack = stackTrace || `${type}: ${message}`;
  return cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(cause)}`;
}
