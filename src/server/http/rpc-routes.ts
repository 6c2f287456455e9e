/** Services as handlers for Connect, gRPC-Web and gRPC over HTTP, in JSON and binary. */
import type { DescMethod, DescService, Registry } from "@bufbuild/protobuf";
import {
  createConnectRouter,
  createContextKey,
  createContextValues,
  type ConnectError,
  type HandlerContext,
  type ServiceImpl,
} from "@connectrpc/connect";
import { compressionBrotli, compressionGzip } from "@connectrpc/connect-node";
import type {
  UniversalHandler,
  UniversalServerRequest,
  UniversalServerResponse,
} from "@connectrpc/connect/protocol";
import type { Calls } from "../calls.ts";
import { encode } from "../codec.ts";
import { MESSAGE_OVERHEAD_BYTES, type EdgeLimits } from "../limits.ts";
import type { AnyBidi, AnyStreaming, AnyUnary, ServiceDefinition } from "../service.ts";
import type { DurableCalls } from "../durable/durable-calls.ts";
import type { UserServices } from "../durable/user-services.ts";
import { ATTEMPT, Attempt, markInvoked } from "./attempt.ts";
import { openCall } from "./call-init.ts";
import { asConnectError, connectError } from "./connect-error.ts";
import { durableFunction, postOnly } from "./durable-function.ts";

export interface RpcRoutesParams {
  readonly calls: Calls;
  readonly limits: EdgeLimits;
}

const REFUSAL = createContextKey<ConnectError | undefined>(undefined);

/** RPC handlers by path, such as `/qtasksapi.v1.TaskService/EnqueueTask`. */
export class RpcRoutes {
  readonly #params: RpcRoutesParams;
  readonly #handlers = new Map<string, UniversalHandler>();
  #durable: ReadonlyMap<string, UniversalHandler> = new Map();
  /** What {@link #durable} was made for. */
  #services: UserServices | undefined;

  constructor(params: RpcRoutesParams) {
    this.#params = params;
  }

  add({ service, functions }: ServiceDefinition): void {
    const functionOf = (method: DescMethod) =>
      this.#implementation(method, (functions as Record<string, unknown>)[method.localName]);
    for (const handler of this.#mounted(service, functionOf))
      this.#handlers.set(handler.requestPath, handler);
  }

  /** Serves the users' services as they are now, and those of before no more. */
  setDurableCalls(durable: DurableCalls): void {
    // Options of definitions change more often than their services.
    if (durable.services === this.#services) return;
    const { calls } = this.#params;
    const functionOf = (method: DescMethod) => durableFunction(method, durable, calls);
    const handlers = [...durable.services.services.values()].flatMap((service) =>
      this.#mounted(postOnly(service), functionOf, durable.registryOf(service.file)),
    );
    this.#durable = new Map(handlers.map((handler) => [handler.requestPath, handler]));
    this.#services = durable.services;
  }

  #mounted(
    service: DescService,
    functionOf: (method: DescMethod) => unknown,
    registry?: Registry,
  ): UniversalHandler[] {
    const { limits } = this.#params;
    const router = createConnectRouter({
      readMaxBytes: limits.maxMessageBytes,
      // JSON has bytes in base64: what fits in binary must not fail in JSON.
      writeMaxBytes: limits.maxMessageBytes * 1.5 + MESSAGE_OVERHEAD_BYTES,
      maxTimeoutMs: limits.maxTimeoutMs,
      acceptCompression: [compressionGzip, compressionBrotli],
      jsonOptions: { ignoreUnknownFields: false, ...(registry && { registry }) },
      requestGate: (context) => this.#gate(context),
    });
    const functionsByName = service.methods.map((each) => [each.localName, functionOf(each)]);
    router.service(service, Object.fromEntries(functionsByName) as ServiceImpl<DescService>);
    return router.handlers;
  }

  find(path: string): UniversalHandler | undefined {
    return this.#handlers.get(path) ?? this.#durable.get(path);
  }

  /** Handles a call. What Connect refuses by itself is refused again through the gate, as ours. */
  async serve(
    handler: UniversalHandler,
    request: UniversalServerRequest,
  ): Promise<UniversalServerResponse> {
    const attempt = new Attempt();
    const contextValues = createContextValues().set(ATTEMPT, attempt);
    const response = await handler({ ...request, contextValues });
    const { limits } = this.#params;
    const refusal = attempt.refusal(handler.method, limits.maxMessageBytes);
    if (refusal === undefined) return response;
    return handler({
      ...request,
      contextValues: createContextValues().set(REFUSAL, connectError(refusal)),
    });
  }

  /** Runs before the body is read. */
  #gate(context: HandlerContext): void {
    const refusal = context.values.get(REFUSAL);
    if (refusal !== undefined) throw refusal;
    const attempt = context.values.get(ATTEMPT);
    if (attempt !== undefined) attempt.signal = context.signal;
    const authorization = () => context.requestHeader.get("authorization") ?? undefined;
    try {
      this.#params.calls.gate(`${context.service.typeName}/${context.method.name}`, authorization);
    } catch (thrown) {
      throw asConnectError(thrown);
    }
  }

  #implementation(method: DescMethod, fn: unknown) {
    if (method.methodKind === "unary") return unaryFunction(method, this.#params, fn as AnyUnary);
    return streamFunction(method, this.#params, fn as AnyStreaming | AnyBidi);
  }
}

function unaryFunction(method: DescMethod, { calls, limits }: RpcRoutesParams, fn: AnyUnary) {
  return async (request: object, context: HandlerContext) => {
    const call = openCall(calls, method, context);
    markInvoked(context);
    const work = async () => sendable(method, await fn(request, call), limits);
    try {
      return await calls.unary(call, work);
    } catch (thrown) {
      throw asConnectError(thrown);
    }
  };
}

function streamFunction(
  method: DescMethod,
  { calls, limits }: RpcRoutesParams,
  fn: AnyStreaming | AnyBidi,
) {
  return async function* (request: object & AsyncIterable<object>, context: HandlerContext) {
    const call = openCall(calls, method, context);
    markInvoked(context);
    async function* work() {
      for await (const answer of fn(request, call)) yield sendable(method, answer, limits);
    }
    try {
      yield* calls.stream(call, work);
    } catch (thrown) {
      throw asConnectError(thrown);
    }
  };
}

/** The answer, if it can be encoded within the limit: Connect would say so in its own words. */
function sendable(method: DescMethod, answer: object, { maxMessageBytes }: EdgeLimits): object {
  encode(method.output, answer, maxMessageBytes);
  return answer;
}
