/** From a task's payload through its handler to the ending of the attempt. */
import { create } from "@bufbuild/protobuf";
import { CanceledSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { newSuccess } from "../core/messages.ts";
import { release, type Attempt, type Ending } from "./attempt.ts";
import type { HandlerContext } from "./context.ts";
import { InputRejectedError, SnoozeError } from "./errors.ts";
import type { Executor } from "./executor.ts";
import { failureOf, workerFailure } from "./failure.ts";
import { decodePayload, encodeValue } from "./payload.ts";
import type { Registration } from "./registration.ts";

/** Runs the handler; whatever it does becomes an ending. Never rejects. */
export async function execute(
  attempt: Attempt,
  registration: Registration,
  executor: Executor,
  context: HandlerContext,
): Promise<Ending> {
  let value: unknown;
  try {
    const input = await readInput(attempt, registration);
    value = await executor.run({ registration, input, context });
  } catch (thrown) {
    return endingOf(thrown, attempt);
  }
  return success(value);
}

async function readInput(attempt: Attempt, { checkInput }: Registration): Promise<unknown> {
  const input = decodePayload(attempt.spec.payload);
  if (checkInput === undefined) return input;
  try {
    return await checkInput(input);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputRejectedError("qtasks.InputInvalid", why, error);
  }
}

function success(value: unknown): Ending {
  try {
    return { case: "success", value: newSuccess(encodeValue(value)) };
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
