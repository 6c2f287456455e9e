/** From a task's payload through its handler to the ending of the attempt. */
import { create } from "@bufbuild/protobuf";
import { CanceledSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { newSuccess } from "../core/messages.ts";
import { release, type Attempt, type Ending } from "./attempt.ts";
import type { HandlerContext } from "./context.ts";
import { InputRejectedError, SnoozeError } from "./errors.ts";
import { isThenable, type Execution, type Executor } from "./executor.ts";
import { failureOf, workerFailure } from "./failure.ts";
import { decodePayload, encodeResult } from "./payload.ts";
import type { Registered } from "./registration.ts";

/**
 * Runs the handler; whatever it does becomes an ending. Given at once where neither the input's check nor the handler
 * gives a promise. Never throws or rejects.
 */
export function execute(
  attempt: Attempt,
  registration: Registered,
  executor: Executor,
  context: HandlerContext,
): Ending | Promise<Ending> {
  try {
    const { decode = decodePayload } = registration;
    const input = decode(attempt.spec.payload);
    const value =
      registration.checkInput === undefined
        ? run({ registration, input, context }, executor)
        : runChecked(registration.checkInput, { registration, input, context }, executor);
    if (!isThenable(value)) return success(value);
    return Promise.resolve(value).then(success, (thrown: unknown) => endingOf(thrown, attempt));
  } catch (thrown) {
    return endingOf(thrown, attempt);
  }
}

interface RegisteredExecution extends Execution {
  readonly registration: Registered;
}

/** The handler within its middlewares. */
function run(execution: RegisteredExecution, byDefault: Executor): unknown {
  const { registration, input, context } = execution;
  const { around, executor = byDefault } = registration;
  if (around === undefined) return executor.run(execution);
  return around((given) => executor.run({ registration, input: given, context }), input, context);
}

async function runChecked(
  check: (input: unknown) => unknown,
  execution: RegisteredExecution,
  executor: Executor,
): Promise<unknown> {
  return run({ ...execution, input: await checked(check, execution.input) }, executor);
}

async function checked(check: (input: unknown) => unknown, input: unknown): Promise<unknown> {
  try {
    return await check(input);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputRejectedError("qtasks.InputInvalid", why, error);
  }
}

function success(value: unknown): Ending {
  try {
    return { case: "success", value: newSuccess(encodeResult(value)) };
  } catch (error) {
    const why = `the handler's result can't be sent: ${(error as Error).message}`;
    return { case: "failure", value: workerFailure("qtasks.ResultNotEncodable", why) };
  }
}

/** A value that a canceled handler returns counts; whatever it throws means that it stopped. */
function endingOf(thrown: unknown, attempt: Attempt): Ending {
  const why = attempt.aborted?.why;
  if (why === "canceled")
    return {
      case: "canceled",
      value: create(CanceledSchema, { reason: attempt.aborted?.message ?? "" }),
    };
  if (why === "stopping") return release("the worker is stopping");
  if (thrown instanceof SnoozeError) return release(thrown.message, thrown.delayMs);
  return { case: "failure", value: failureOf(thrown) };
}
