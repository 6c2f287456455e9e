/** Calls to a service of this process: what a listener does around a function, without the socket. */
import { create, type DescMethod, type DescService, type Message } from "@bufbuild/protobuf";
import { pino, type Logger } from "pino";

import type { CallOptions, ServiceCalls } from "../core/calls.ts";
import { methodTaskName } from "../core/task-method.ts";
import type { Call } from "./call.ts";
import { Calls } from "./calls.ts";
import { callCanceled, deadlinePassed } from "./errors.ts";
import type { CallContext, ServiceDefinition } from "./service.ts";

export interface LocalCallsOptions {
  /** For errors that the caller does not get to see in full. @default none is logged */
  readonly logger?: Logger | undefined;
}

type MessageInit = Message | Record<string, unknown>;
type Unary = (request: Message, context: CallContext) => Promise<MessageInit>;
type Streaming = (request: Message, context: CallContext) => AsyncIterable<MessageInit>;

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/**
 * The service's functions as calls: the same checks, errors, deadlines and cancellation as over a
 * network. Messages are handed over, not copied: whoever passes one does not change it any more.
 */
export function localCalls<S extends DescService>(
  { functions }: ServiceDefinition,
  service: S,
  options: LocalCallsOptions = {},
): ServiceCalls<S> {
  const logger = options.logger ?? pino({ level: "silent" });
  const calls = new Calls({ logger, authenticate: undefined });
  const local: Record<string, unknown> = {};
  for (const method of service.methods) {
    const fn = (functions as Readonly<Record<string, unknown>>)[method.localName];
    if (method.methodKind === "unary") local[method.localName] = unary(calls, method, fn as Unary);
    if (method.methodKind === "server_streaming")
      local[method.localName] = streaming(calls, method, fn as Streaming);
  }
  return local as ServiceCalls<S>;
}

function unary(calls: Calls, method: DescMethod, fn: Unary) {
  return async (request: Message, options: CallOptions = {}): Promise<Message> => {
    const { call, end } = open(calls, method, options);
    try {
      const answer = await calls.unary(call, () => fn(create(method.input, request), call));
      return create(method.output, answer);
    } finally {
      end();
    }
  };
}

function streaming(calls: Calls, method: DescMethod, fn: Streaming) {
  return async function* (request: Message, options: CallOptions = {}): AsyncGenerator<Message> {
    const { call, end } = open(calls, method, options);
    try {
      const answers = calls.stream(call, () => fn(create(method.input, request), call));
      for await (const answer of answers) yield create(method.output, answer);
    } finally {
      end();
    }
  };
}

/** The call, aborted by the caller's signal or deadline until `end`. */
function open(calls: Calls, method: DescMethod, options: CallOptions) {
  const { signal, timeoutMs } = options;
  const deadlineAt = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  const name = methodTaskName(method);
  const call: Call = calls.open({ method: name, deadlineAt, readHeaders: () => NO_HEADERS });
  const cancel = (): void => call.abort(callCanceled);
  if (signal?.aborted === true) cancel();
  else signal?.addEventListener("abort", cancel, { once: true });
  const timer =
    timeoutMs === undefined ? undefined : setTimeout(() => call.abort(deadlinePassed), timeoutMs);
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  };
  return { call, end };
}
