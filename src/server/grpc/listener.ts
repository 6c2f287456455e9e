/** The gRPC listener: grpc-js over protobuf-es descriptors. */
import {
  Server,
  ServerCredentials,
  type MethodDefinition,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { DescMethod } from "@bufbuild/protobuf";
import type { Logger } from "pino";

import { QTasksError } from "../../core/errors.ts";
import { methodTaskName } from "../../core/task-method.ts";
import { addressWithPort, cannotListen, type Address } from "../address.ts";
import type { Calls } from "../calls.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import { MESSAGE_OVERHEAD_BYTES, type EdgeLimits } from "../limits.ts";
import type { AnyBidi, AnyStreaming, AnyUnary, ServiceDefinition } from "../service.ts";
import type { TlsMaterial } from "../tls.ts";
import { durableHandler, refusingHandler } from "./durable-handler.ts";
import { bidiHandler, streamingHandler, type HandlerParams } from "./handlers.ts";
import { adjust } from "./internals.ts";
import { explainRefusals } from "./refusals.ts";
import { answerUnary, type UnaryMethod } from "./unary-calls.ts";

/** Pings find peers that vanished; their streams would else be held for ever. */
const KEEPALIVE_TIME_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

export interface GrpcListenerOptions {
  readonly address: Address;
  readonly calls: Calls;
  readonly limits: EdgeLimits;
  readonly tls: TlsMaterial | undefined;
  readonly logger: Logger;
}

/** Serves gRPC on one address. Services can be added before and after the start. */
export class GrpcListener {
  readonly #options: GrpcListenerOptions;
  readonly #server: Server;
  readonly #unary = new Map<string, UnaryMethod>();
  /** Paths of the users' methods that are registered, with the kind of each. */
  #durable = new Map<string, "call" | "refusal">();
  #boundAddress: string | undefined;

  constructor(options: GrpcListenerOptions) {
    this.#options = options;
    const { maxMessageBytes, maxConcurrentStreams } = options.limits;
    this.#server = new Server({
      "grpc.max_receive_message_length": maxMessageBytes + MESSAGE_OVERHEAD_BYTES,
      "grpc.max_send_message_length": -1,
      "grpc.max_concurrent_streams": maxConcurrentStreams,
      "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
      "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
      "grpc.enable_channelz": 0,
      interceptors: [explainRefusals(maxMessageBytes), answerUnary(this.#unary)],
    });
    adjust(this.#server, options.logger);
  }

  /** Where it listens, with the port that was chosen for port 0. */
  get address(): string | undefined {
    return this.#boundAddress;
  }

  addService({ service, functions }: ServiceDefinition): void {
    const implementation: Record<string, UntypedHandleCall> = {};
    const definition: Record<string, MethodDefinition<Buffer, Buffer>> = {};
    for (const method of service.methods) {
      const fn = (functions as Record<string, unknown>)[method.localName];
      const { path } = (definition[method.localName] = methodDefinition(method));
      if (method.methodKind === "unary")
        this.#unary.set(path, { ...this.#params(method), fn: fn as AnyUnary });
      else implementation[method.localName] = this.#handler(method, fn);
    }
    this.#server.addService(definition, implementation);
  }

  /** Serves the users' methods as they are now, and those of before no more. */
  setDurableCalls(durable: DurableCalls): void {
    const wanted = new Map<string, "call" | "refusal">();
    for (const name of durable.refused) wanted.set(name, "refusal");
    for (const name of durable.methods.keys()) wanted.set(name, "call");
    for (const [name, kind] of this.#durable)
      if (wanted.get(name) !== kind) this.#server.unregister(`/${name}`);
    for (const [name, kind] of wanted)
      if (this.#durable.get(name) !== kind) this.#register(name, kind, durable);
    this.#durable = wanted;
  }

  /** @throws QTasksError CONFIG_INVALID when it cannot listen there. */
  async start(): Promise<void> {
    const { address, tls } = this.#options;
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(
        `${address.hostInUrl}:${address.port}`,
        credentials(tls),
        (err, bound) =>
          err === null ? resolve(bound) : reject(cannotListen("grpc", address, err)),
      );
    });
    this.#boundAddress = addressWithPort(address, port);
  }

  /** Stops listening, lets connections end for up to `graceMs`, then closes them. */
  async stop(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    const force = setTimeout(() => this.#server.forceShutdown(), graceMs);
    await closed;
    clearTimeout(force);
  }

  #register(name: string, kind: "call" | "refusal", durable: DurableCalls): void {
    const { calls } = this.#options;
    if (kind === "call") {
      const handler = durableHandler(name, durable, calls);
      this.#server.register(`/${name}`, handler, same, same, "serverStream");
    } else this.#server.register(`/${name}`, refusingHandler(name), same, same, "bidi");
  }

  #params(method: DescMethod): HandlerParams {
    const { calls, limits } = this.#options;
    const name = methodTaskName(method);
    return { method, name, calls, maxMessageBytes: limits.maxMessageBytes };
  }

  #handler(method: DescMethod, fn: unknown): UntypedHandleCall {
    if (method.methodKind === "server_streaming")
      return streamingHandler(this.#params(method), fn as AnyStreaming);
    if (method.methodKind === "bidi_streaming")
      return bidiHandler(this.#params(method), fn as AnyBidi);
    throw new QTasksError("CONFIG_INVALID", `${method.name} streams requests only: not supported`);
  }
}

/** Bytes pass through grpc-js as they are, so that what is not the message gets our own error. */
function same(bytes: Buffer): Buffer {
  return bytes;
}

function methodDefinition(method: DescMethod): MethodDefinition<Buffer, Buffer> {
  return {
    path: `/${methodTaskName(method)}`,
    requestStream: method.methodKind === "bidi_streaming",
    responseStream: method.methodKind !== "unary",
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}

function credentials(tls: TlsMaterial | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }]);
}
