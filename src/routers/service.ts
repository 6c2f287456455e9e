/** From a protobuf service and handlers for its methods to tasks. */
import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { protobufPayload } from "../core/payload.ts";
import type { HandlerContext } from "../worker/context.ts";
import { TerminalError } from "../worker/errors.ts";
import type { Handler } from "../worker/handler.ts";
import { canBeTask, methodTaskName } from "../core/task-method.ts";
import { NO_RESULT } from "../worker/payload.ts";
import { inModule, moduleOf } from "../worker/module-handler.ts";
import { checkMethodOptions, checkService } from "./known-options.ts";
import type { ServiceHandlers, ServiceOptions } from "./service-handlers.ts";
import { TypedStreamTask, TypedTask } from "./typed-task.ts";

type Message = MessageInitShape<DescMessage>;
type Unary = (request: never, context: HandlerContext) => Message | Promise<Message>;
type Streaming = (
  request: never,
  context: HandlerContext,
) => AsyncIterable<Message> | Promise<AsyncIterable<Message>>;

/**
 * A task for each method that can be one, with its handler where there is one. CONFIG_INVALID for a handler or options
 * of what is no such method.
 */
export function serviceTasks<S extends DescService>(
  service: S,
  handlers: ServiceHandlers<S>,
  given: ServiceOptions<S>,
  place: string,
): (TypedTask | TypedStreamTask)[] {
  checkService(service, handlers, given);
  const { options = {} }: ServiceOptions<S> = given;
  checkNames(service, handlers, "a handler");
  checkNames(service, options, "options");
  return service.methods.filter(canBeTask).map((method) => {
    const { localName, methodKind } = method;
    checkMethodOptions(methodTaskName(method), options[localName] ?? {});
    const init = {
      method,
      options: options[localName] ?? {},
      handler: handlerOf(method, handlers),
      place,
    };
    return methodKind === "unary" ? new TypedTask(init) : new TypedStreamTask(init);
  });
}

function checkNames(service: DescService, given: object, what: string): void {
  for (const name of Object.keys(given)) {
    const method = service.method[name];
    if (method !== undefined && canBeTask(method)) continue;
    const why =
      method === undefined ? "is no method of it" : "takes a stream of requests, which no task can";
    throw new QTasksError(
      "CONFIG_INVALID",
      `${service.typeName} was given ${what} for ${name}, which ${why}`,
    );
  }
}

/** Methods of `handlers` keep it as their `this`. */
function handlerOf(method: DescMethod, handlers: object): Handler<never> | undefined {
  const own = handlers as Record<string, unknown>;
  const { localName } = method;
  if (own[localName] === undefined) return undefined;
  const handler =
    method.methodKind === "unary"
      ? unary(method, own as Record<string, Unary>)
      : streaming(method, own as Record<string, Streaming>);
  const module = moduleOf(own[localName]);
  if (module === undefined) return handler;
  // An executor that loads the module by itself encodes in the handler's stead.
  const encode = (message: unknown) => encoded(method.output, message as Message);
  const result = method.methodKind === "unary" ? {} : { result: NO_RESULT };
  return inModule(handler, { ...module, encode, ...result });
}

function unary({ localName, output }: DescMethod, own: Record<string, Unary>): Handler<never> {
  return async (request, context) => encoded(output, await own[localName]!(request, context));
}

function streaming(
  { localName, output }: DescMethod,
  own: Record<string, Streaming>,
): Handler<never> {
  return async function* (request, context) {
    // A module's generator comes once the module is imported.
    for await (const response of await own[localName]!(request, context))
      yield encoded(output, response);
    return NO_RESULT;
  };
}

function encoded(schema: DescMessage, message: Message): Payload {
  try {
    return protobufPayload(schema, create(schema, message));
  } catch (cause) {
    const why = `the handler's ${schema.typeName} can't be sent: ${(cause as Error).message}`;
    throw new TerminalError(why, { type: "qtasks.ResultNotEncodable", cause });
  }
}
