/**
 * How a service is written, once, for every listener: plain functions over protobuf-es messages.
 * `grpc/` and `http/` mount the same objects.
 */
import type {
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";

/** What a method knows of the call that it answers. */
export interface CallContext {
  /**
   * Aborts when the caller is gone, its deadline has passed, or the server's grace is over. The
   * answer goes nowhere then; a stream's generator is returned as soon as it stops waiting.
   */
  readonly signal: AbortSignal;
  /** Aborts when the listener begins to drain: parked calls then answer at once. */
  readonly draining: AbortSignal;
  /** Aborts with either of the two: a parked call then answers with what it has. */
  readonly parked: AbortSignal;
  /** When the caller's deadline ends, in ms since the epoch by this machine's clock. */
  readonly deadlineAt: number | undefined;
  /** Lower-case request headers; binary ones left out. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The functions of one service, keyed by the method's local name (`enqueueTask`). */
export type ServiceFunctions<S extends DescService> = {
  readonly [M in keyof S["method"]]: S["method"][M] extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => Promise<MessageInitShape<O>>
    : S["method"][M] extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
      : S["method"][M] extends DescMethodBiDiStreaming<infer I, infer O>
        ? (
            requests: AsyncIterable<MessageShape<I>>,
            context: CallContext,
          ) => AsyncIterable<MessageInitShape<O>>
        : never;
};

/** A service description with its functions. Make it with {@link defineService}. */
export interface ServiceDefinition<S extends DescService = DescService> {
  readonly service: S;
  readonly functions: ServiceFunctions<S>;
}

/** Pairs a description with its functions; the compiler checks that every method is there. */
export function defineService<S extends DescService>(
  service: S,
  functions: ServiceFunctions<S>,
): ServiceDefinition {
  return { service, functions };
}

/**
 * Functions as listeners call them, which know a method only by its descriptor. The compiler has
 * checked them against it in {@link defineService}.
 * @internal
 */
export type AnyUnary = (request: object, context: CallContext) => Promise<object>;
/** @internal */
export type AnyStreaming = (request: object, context: CallContext) => AsyncIterable<object>;
/** @internal */
export type AnyBidi = (
  requests: AsyncIterable<object>,
  context: CallContext,
) => AsyncIterable<object>;
