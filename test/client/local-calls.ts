/** Calls to functions in this process, as an app without a server makes them. */
import { create, type Message } from "@bufbuild/protobuf";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { CallOptions, ServiceCalls } from "../../src/core/calls.ts";
import type { TaskFunctions } from "../server/toy.ts";

type Function = (request: Message, context: object) => unknown;

/** The functions as calls, without a socket. */
export function localCalls(functions: Partial<TaskFunctions>): ServiceCalls<typeof TaskService> {
  const calls: Record<string, unknown> = {};
  for (const method of TaskService.methods) {
    const fn = functions[method.localName as keyof TaskFunctions] as Function | undefined;
    calls[method.localName] = (request: Message, options: CallOptions = {}) => {
      const signal = options.signal ?? new AbortController().signal;
      const answer = fn?.(create(method.input, request), { signal, headers: new Map() });
      if (method.methodKind === "server_streaming") return each(answer as AsyncIterable<Message>);
      return (answer as Promise<Message>).then((init) => create(method.output, init));
    };
    async function* each(messages: AsyncIterable<Message>) {
      for await (const message of messages) yield create(method.output, message);
    }
  }
  return calls as ServiceCalls<typeof TaskService>;
}
