/** Between payloads and the values that handlers see, with the failures that a worker reports. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { fromPayload, refuseEncodings, toPayload } from "../core/payload.ts";
import { InputRejectedError } from "./errors.ts";

/** The value can't be sent; the message names the cause. */
export class NotEncodableError extends Error {
  override readonly name = "NotEncodableError";
}

/** Returned by handlers that have no result at all, not even `null`. */
export const NO_RESULT = Symbol("no result");

/** As {@link encodeValue}; nothing for {@link NO_RESULT}. */
export function encodeResult(value: unknown): Payload | undefined {
  return value === NO_RESULT ? undefined : encodeValue(value);
}

/** As {@link toPayload}; NotEncodableError for what JSON can't hold. */
export function encodeValue(value: unknown): Payload {
  try {
    return toPayload(value);
  } catch (error) {
    const { message } = QTasksError.from(error);
    throw new NotEncodableError(message.replace(/^input: /, ""), { cause: error });
  }
}

/** As {@link fromPayload}; InputRejectedError where it can't be read. */
export function decodePayload(payload: Payload | undefined): unknown {
  try {
    return fromPayload(payload);
  } catch (error) {
    throw undecodableInput(error);
  }
}

/** InputRejectedError for a payload that is still encoded, as no codec could read it. */
export function rejectEncoded(payload: Payload): void {
  try {
    refuseEncodings(payload);
  } catch (error) {
    throw undecodableInput(error);
  }
}

function undecodableInput(error: unknown): InputRejectedError {
  const { message } = QTasksError.from(error);
  return new InputRejectedError("qtasks.PayloadUndecodable", message, error);
}
