/** Calls to a service over a transport of connect-es, such as one for browsers. */
import type { DescMethod, DescService, Message, MessageInitShape } from "@bufbuild/protobuf";
import { createClient, type Transport } from "@connectrpc/connect";

import type { CallOptions, ServiceCalls } from "../core/calls.ts";
import { QTasksError } from "../core/errors.ts";
import { transportError } from "./transport-error.ts";

type Init = MessageInitShape<DescMethod["input"]>;
type Unary = (request: Init, options?: CallOptions) => Promise<Message>;
type Stream = (request: Init, options?: CallOptions) => AsyncIterable<Message>;

/**
 * The unary and server-streaming methods of a service. Errors are QTasksErrors with the server's reason;
 * SERVER_UNREACHABLE names `address` where none answers.
 */
export function transportCalls<S extends DescService>(
  service: S,
  transport: Transport,
  address: string,
): ServiceCalls<S> {
  const stubs = createClient(service, transport) as Record<string, unknown>;
  const calls: Record<string, unknown> = {};
  for (const { localName, methodKind } of service.methods) {
    const stub = stubs[localName];
    if (methodKind === "unary") calls[localName] = unary(stub as Unary, address);
    if (methodKind === "server_streaming") calls[localName] = stream(stub as Stream, address);
  }
  return calls as ServiceCalls<S>;
}

function unary(stub: Unary, address: string): Unary {
  return async (request, options = {}) => {
    try {
      return await stub(request, wholeMs(options));
    } catch (thrown) {
      throw errorOf(thrown, options, address);
    }
  };
}

function stream(stub: Stream, address: string): Stream {
  return async function* (request, options = {}) {
    const left = new AbortController();
    const { signal = left.signal } = options;
    const signals = AbortSignal.any([signal, left.signal]);
    try {
      yield* stub(request, { ...wholeMs(options), signal: signals });
    } catch (thrown) {
      throw errorOf(thrown, options, address);
    } finally {
      // Who stops reading ends the call.
      left.abort();
    }
  };
}

/** Connect sends whole milliseconds, and servers refuse others. */
function wholeMs(options: CallOptions): CallOptions {
  const { timeoutMs } = options;
  return timeoutMs === undefined ? options : { ...options, timeoutMs: Math.ceil(timeoutMs) };
}

function errorOf(thrown: unknown, { signal }: CallOptions, address: string): QTasksError {
  if (signal?.aborted === true)
    return new QTasksError("CALL_CANCELED", "the call was canceled by its caller");
  return transportError(thrown, address);
}
