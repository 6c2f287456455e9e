/** A method of the target as a handler: bytes in, bytes out. */
import type { DescMethod } from "@bufbuild/protobuf";
import type { CallOptions } from "@grpc/grpc-js";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { bufferOf } from "../core/bytes.ts";
import { newOptions } from "../core/messages.ts";
import { bytesPayload } from "../core/payload.ts";
import { methodTaskName } from "../core/task-method.ts";
import type { HandlerContext } from "../worker/context.ts";
import type { Handler } from "../worker/handler.ts";
import { methodDefinition, methodOptions } from "../worker/method-task.ts";
import { NO_RESULT } from "../worker/payload.ts";
import type { Registration } from "../worker/registration.ts";
import { bytesReader } from "../worker/typed-payload.ts";
import { attemptError } from "./call-error.ts";
import { callMetadata } from "./call-metadata.ts";
import type { Target } from "./target.ts";

/** The method's task, executed by calls to the target. */
export function methodRegistration(method: DescMethod, target: Target): Registration {
  const handler = method.methodKind === "unary" ? unary : streaming;
  const { file } = method.parent;
  return {
    definition: methodDefinition(method, methodOptions(method, newOptions())),
    decode: bytesReader(method.input, file),
    handler: handler(method, target) as Handler,
    file,
  };
}

type BytesHandler = (request: Uint8Array, context: HandlerContext) => unknown;

function unary(method: DescMethod, target: Target): BytesHandler {
  const path = pathOf(method);
  const { typeName } = method.output;
  return (request, context) =>
    new Promise<Payload>((resolve, reject) => {
      const { signal } = context;
      let heard = false;
      const call = target.channel.client.makeUnaryRequest(
        path,
        bufferOf,
        sameBytes,
        request,
        callMetadata(target.channel.metadata(), context),
        callOptions(context),
        (error, response) => {
          signal.removeEventListener("abort", cancel);
          if (error === null) resolve(bytesPayload(typeName, response!));
          else void attemptError(error, heard, target, context).then(reject);
        },
      );
      const cancel = (): void => call.cancel();
      call.on("metadata", () => (heard = true));
      signal.addEventListener("abort", cancel);
      if (signal.aborted) cancel();
    });
}

/** Messages are read no faster than they are recorded. */
function streaming(method: DescMethod, target: Target): BytesHandler {
  const path = pathOf(method);
  const { typeName } = method.output;
  return async function* (request, context) {
    const { signal } = context;
    let heard = false;
    const call = target.channel.client.makeServerStreamRequest(
      path,
      bufferOf,
      sameBytes,
      request,
      callMetadata(target.channel.metadata(), context),
      callOptions(context),
    );
    const cancel = (): void => call.cancel();
    call.on("metadata", () => (heard = true));
    // After an early end nobody reads any more; the status that follows has no other listener.
    call.on("error", () => undefined);
    signal.addEventListener("abort", cancel);
    if (signal.aborted) cancel();
    try {
      for await (const message of call as AsyncIterable<Buffer>)
        yield bytesPayload(typeName, message);
      return NO_RESULT;
    } catch (error) {
      throw await attemptError(error, heard, target, context);
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  };
}

function pathOf(method: DescMethod): string {
  return `/${methodTaskName(method)}`;
}

function callOptions({ deadline }: HandlerContext): CallOptions {
  return deadline === undefined ? {} : { deadline };
}

function sameBytes(bytes: Buffer): Buffer {
  return bytes;
}
