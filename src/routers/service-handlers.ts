/** What a program gives and gets for a protobuf service whose methods are tasks. */
import type {
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { HandlerContext } from "../worker/context.ts";
import type { TaskDefaults } from "./task-defaults.ts";
import type { TypedStreamTask, TypedTask } from "./typed-task.ts";

/**
 * Handlers by the methods' local names; those left out are not run here. Methods that take a stream of requests can't
 * be tasks. What a handler throws fails the attempt: a ConnectError with its code and details, a TaskError, any error.
 */
export type ServiceHandlers<S extends DescService> = {
  readonly [M in keyof S["method"]]?: S["method"][M] extends DescMethodUnary<infer I, infer O>
    ? (
        request: MessageShape<I>,
        context: HandlerContext,
      ) => MessageInitShape<O> | Promise<MessageInitShape<O>>
    : S["method"][M] extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: HandlerContext) => AsyncIterable<MessageInitShape<O>>
      : never;
};

export interface ServiceOptions<S extends DescService> {
  /**
   * Options of methods by local name, laid over those that the proto gives them by `(qtasksapi.v1.task)`, which are
   * laid over the router's.
   */
  readonly options?: { readonly [M in keyof S["method"]]?: TaskDefaults } | undefined;
}

/** The tasks of a service by local name, to be enqueued: also those whose handlers are elsewhere. */
export type ServiceTasks<S extends DescService> = {
  readonly [
    M in keyof S["method"] as S["method"][M] extends DescMethodUnary | DescMethodServerStreaming
      ? M
      : never
  ]: S["method"][M] extends DescMethodUnary<infer I, infer O>
    ? TypedTask<I, O>
    : S["method"][M] extends DescMethodServerStreaming<infer I, infer O>
      ? TypedStreamTask<I, O>
      : never;
};
