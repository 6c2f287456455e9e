/** Reasons for what grpc-js refuses by itself. */
import { status as Code, type ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";

import { REASON_KEY, TASK_STATE_KEY } from "../../core/call-keys.ts";
import type { QTasksError } from "../../core/errors.ts";
import { deadlinePassed, messageTooLarge } from "../errors.ts";
import { grpcStatus } from "./status.ts";

/**
 * Gives the statuses that grpc-js makes the details that all others have. They are sent by the
 * innermost call itself and pass no interceptor, so its `sendStatus` is what has to be wrapped.
 */
export function explainRefusals(maxMessageBytes: number): ServerInterceptor {
  return (_method, call) => {
    const send = call.sendStatus.bind(call);
    call.sendStatus = (status) => {
      const error = isOurs(status) ? undefined : explanation(status.code, maxMessageBytes);
      send(error === undefined ? status : grpcStatus(error));
    };
    return call as ServerInterceptingCall;
  };
}

type Status = Parameters<ServerInterceptingCall["sendStatus"]>[0];

/** An error of ours, or the outcome of a user's method, whose code may be any. */
function isOurs({ code, metadata }: Status): boolean {
  if (code === Code.OK) return true;
  return [REASON_KEY, TASK_STATE_KEY].some((key) => metadata?.get(key).length);
}

function explanation(code: Code, maxMessageBytes: number): QTasksError | undefined {
  if (code === Code.RESOURCE_EXHAUSTED) return messageTooLarge("request", maxMessageBytes);
  if (code === Code.DEADLINE_EXCEEDED) return deadlinePassed();
  return undefined;
}
