/** Calls to a service over gRPC, for any service that protobuf-es describes. */
import {
  create,
  fromBinary,
  toBinary,
  type DescMethod,
  type DescService,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import type { CallOptions as GrpcOptions } from "@grpc/grpc-js";

import { bufferOf } from "../core/bytes.ts";
import type { CallOptions, ServiceCalls } from "../core/calls.ts";
import { QTasksError } from "../core/errors.ts";
import { decodeHot, encodeHot } from "../core/hot-codecs.ts";
import { methodTaskName } from "../core/task-method.ts";
import { callError } from "./call-error.ts";
import type { GrpcChannel } from "./channel.ts";

/**
 * The unary and server-streaming methods of a service over a channel. Errors are QTasksErrors with
 * the server's reason; SERVER_UNREACHABLE names the address where none answers.
 */
export function grpcCalls<S extends DescService>(
  service: S,
  channel: GrpcChannel,
): ServiceCalls<S> {
  const calls: Record<string, unknown> = {};
  for (const method of service.methods) {
    if (method.methodKind === "unary") calls[method.localName] = unary(method, channel);
    if (method.methodKind === "server_streaming") calls[method.localName] = stream(method, channel);
  }
  return calls as ServiceCalls<S>;
}

type Init = MessageInitShape<DescMethod["input"]>;

function unary(method: DescMethod, channel: GrpcChannel) {
  const { path, encode, decode } = codec(method);
  return (request: Init, options: CallOptions = {}): Promise<Message> =>
    new Promise((resolve, reject) => {
      const { signal } = options;
      if (isAborted(signal)) return reject(canceled());
      const cancel = (): void => call.cancel();
      const call = channel.client.makeUnaryRequest(
        path,
        encode,
        decode,
        request,
        channel.metadata(),
        grpcOptions(options),
        (error, response) => {
          signal?.removeEventListener("abort", cancel);
          if (error === null) resolve(response!);
          else reject(isAborted(signal) ? canceled() : callError(error, channel.address));
        },
      );
      signal?.addEventListener("abort", cancel, { once: true });
    });
}

function stream(method: DescMethod, channel: GrpcChannel) {
  const { path, encode, decode } = codec(method);
  return async function* (request: Init, options: CallOptions = {}): AsyncGenerator<Message> {
    const { signal } = options;
    if (isAborted(signal)) throw canceled();
    const call = channel.client.makeServerStreamRequest(
      path,
      encode,
      decode,
      request,
      channel.metadata(),
      grpcOptions(options),
    );
    const cancel = (): void => call.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    // After an early end nobody iterates any more; the status that follows has no other listener.
    call.on("error", () => undefined);
    try {
      yield* call as AsyncIterable<Message>;
    } catch (error) {
      throw isAborted(signal) ? canceled() : callError(error, channel.address);
    } finally {
      signal?.removeEventListener("abort", cancel);
      call.cancel();
    }
  };
}

function codec(method: DescMethod) {
  return {
    path: `/${methodTaskName(method)}`,
    encode: (request: Init): Buffer => {
      const hot = encodeHot(method.input, request);
      return hot ?? bufferOf(toBinary(method.input, create(method.input, request)));
    },
    decode: (bytes: Buffer): Message =>
      decodeHot(method.output, bytes) ?? fromBinary(method.output, bytes),
  };
}

function grpcOptions(options: CallOptions): GrpcOptions {
  return options.timeoutMs === undefined ? {} : { deadline: Date.now() + options.timeoutMs };
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function canceled(): QTasksError {
  return new QTasksError("CALL_CANCELED", "the call was canceled by its caller");
}
