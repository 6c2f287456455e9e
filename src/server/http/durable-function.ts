/** Calls of users' methods over Connect, gRPC-Web and gRPC by HTTP, in JSON and binary. */
import {
  fromBinary,
  toBinary,
  type DescMethod,
  type DescService,
  type Message,
} from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { ConnectError, type HandlerContext } from "@connectrpc/connect";

import { TASK_ID_KEY } from "../../core/call-keys.ts";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { QTasksError } from "../../core/errors.ts";
import { methodTaskName } from "../../core/task-method.ts";
import type { Calls } from "../calls.ts";
import type { CallStatus } from "../durable/call-outcome.ts";
import { streamingKind, type DurableCalls } from "../durable/durable-calls.ts";
import { oddlyDescribed } from "../durable/durable-method.ts";
import { markInvoked } from "./attempt.ts";
import { openCall } from "./call-init.ts";
import { asConnectError, connectError } from "./connect-error.ts";

/** The service with no method that a GET may call: each call makes a task. */
export function postOnly(service: DescService): DescService {
  const idempotency = MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
  const methods = service.methods.map((method) => ({ ...method, idempotency }));
  const method = Object.fromEntries(methods.map((each) => [each.localName, each]));
  return { ...service, methods, method };
}

/** The function of one method, of the kind that Connect expects. */
export function durableFunction(method: DescMethod, durable: DurableCalls, calls: Calls): unknown {
  const messages = (request: Message, context: HandlerContext) =>
    answer(method, durable, calls, request, context);
  switch (method.methodKind) {
    case "unary":
      return async (request: Message, context: HandlerContext) => {
        let last: Message | undefined;
        for await (const message of messages(request, context)) last = message;
        return last!;
      };
    case "server_streaming":
      return messages;
    case "client_streaming":
    case "bidi_streaming":
      return (_requests: unknown, context: HandlerContext) => {
        markInvoked(context);
        throw connectError(streamingKind(methodTaskName(method)));
      };
  }
}

async function* answer(
  method: DescMethod,
  durable: DurableCalls,
  calls: Calls,
  request: Message,
  context: HandlerContext,
): AsyncGenerator<Message, void> {
  const call = openCall(calls, method, context);
  markInvoked(context);
  const bytes = toBinary(method.input, request);
  try {
    const events = calls.stream(call, () => {
      const name = methodTaskName(method);
      if (durable.methods.has(name) && durable.describe(name) === undefined)
        throw new QTasksError("DEFINITION_CONFLICT", oddlyDescribed(name));
      return durable.call(name, bytes, call);
    });
    for await (const event of events) {
      if (event.kind === "headers") context.responseHeader.set(TASK_ID_KEY, event.taskId);
      else if (event.kind === "message") yield answered(method, event.bytes);
      else finish(event.status, context);
    }
  } catch (thrown) {
    throw thrown instanceof ConnectError ? thrown : asConnectError(thrown);
  }
}

/** RESULT_MISMATCH where a worker gave other bytes than the message's. */
function answered(method: DescMethod, bytes: Uint8Array): Message {
  try {
    return fromBinary(method.output, bytes);
  } catch (cause) {
    const message = `the worker's answer to ${methodTaskName(method)} is not a ${method.output.typeName}`;
    throw new QTasksError("RESULT_MISMATCH", message, { cause });
  }
}

function finish({ code, message, details, trailers }: CallStatus, context: HandlerContext): void {
  if (code !== 0) {
    // Connect sends an error's metadata as headers, where the id is already.
    const { [TASK_ID_KEY]: _, ...others } = trailers;
    const error = new ConnectError(message, code, others);
    error.details = detailsOf(details);
    throw error;
  }
  for (const [key, value] of Object.entries(trailers)) context.responseTrailer.set(key, value);
}

function detailsOf(details: Uint8Array | undefined): ConnectError["details"] {
  if (details === undefined) return [];
  return fromBinary(StatusSchema, details).details.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1),
    value,
  }));
}
