/** One task of a protobuf service, seen from the program that enqueued it. */
import {
  fromBinary,
  fromJson,
  type DescMessage,
  type JsonValue,
  type MessageShape,
} from "@bufbuild/protobuf";
import { TaskHandle } from "./handle.ts";
import type { EventOptions } from "./requests.ts";
import type { TaskActions } from "./task-actions.ts";
import type { WaitOptions } from "./wait.ts";

/** As {@link TaskHandle}, with messages for results and outputs. */
export class TypedTaskHandle<O extends DescMessage> extends TaskHandle<MessageShape<O>> {
  readonly #schema: O;

  constructor(schema: O, client: TaskActions, { id, created }: TaskHandle) {
    super(client, id, created);
    this.#schema = schema;
  }

  /** The task's result; throws as {@link TaskHandle.result}. */
  override result(options: WaitOptions = {}): Promise<MessageShape<O>> {
    return this.resultMessage(this.#schema, options);
  }

  /** The outputs of a streaming handler as they come; throws as {@link TaskHandle.outputs}. */
  override async *outputs<T = MessageShape<O>>(
    options: EventOptions = {},
  ): AsyncGenerator<T, void> {
    for await (const value of super.outputs(options)) yield messageFrom(this.#schema, value) as T;
  }
}

/** The message in a value that was read from a payload: bytes, or JSON. */
export function messageFrom<S extends DescMessage>(schema: S, value: unknown): MessageShape<S> {
  return value instanceof Uint8Array
    ? fromBinary(schema, value)
    : fromJson(schema, value as JsonValue);
}
