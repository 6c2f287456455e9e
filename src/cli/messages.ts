/** Messages of typed tasks, as people read them: JSON, by the descriptors that the server has. */
import { clone, createRegistry, fromBinary, toJsonString, type Registry } from "@bufbuild/protobuf";
import {
  PayloadSchema,
  TaskEventSchema,
  TaskSchema,
  type Payload,
  type Task,
  type TaskEvent,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { reflectedType } from "../bridge/descriptors.ts";
import type { GrpcChannel } from "../client/index.ts";

export class Messages {
  readonly #channel: GrpcChannel;
  readonly #known = new Map<string, Promise<Registry>>();

  constructor(channel: GrpcChannel) {
    this.#channel = channel;
  }

  /** The task with a readable input and result; other payloads, and what no descriptor is known of, stay as they are. */
  async task(task: Task): Promise<Task> {
    if (!isTyped(task.result) && !isTyped(task.spec?.payload)) return task;
    const shown = clone(TaskSchema, task);
    shown.result = await this.payload(task.result);
    if (shown.spec !== undefined) shown.spec.payload = await this.payload(task.spec?.payload);
    return shown;
  }

  /** As {@link task}, for an output. */
  async event(event: TaskEvent): Promise<TaskEvent> {
    if (event.event.case !== "output" || !isTyped(event.event.value)) return event;
    const shown = clone(TaskEventSchema, event);
    shown.event = { case: "output", value: (await this.payload(event.event.value))! };
    return shown;
  }

  /** As {@link task}, for one payload. */
  async payload(payload: Payload | undefined): Promise<Payload | undefined> {
    if (!isTyped(payload)) return payload;
    try {
      const registry = await this.#registryOf(payload.schema);
      const desc = registry.getMessage(payload.schema)!;
      const text = toJsonString(desc, fromBinary(desc, payload.body.value), { registry });
      const shown = clone(PayloadSchema, payload);
      shown.body = { case: "text", value: text };
      return shown;
    } catch {
      // Without its descriptor it is shown by its size: the task itself is what was asked for.
      return payload;
    }
  }

  #registryOf(typeName: string): Promise<Registry> {
    const known = this.#known.get(typeName);
    if (known !== undefined) return known;
    const asked = reflectedType(this.#channel, typeName).catch(() => createRegistry());
    this.#known.set(typeName, asked);
    return asked;
  }
}

type TypedPayload = Payload & { readonly body: { readonly case: "data"; value: Uint8Array } };

function isTyped(payload: Payload | undefined): payload is TypedPayload {
  return payload?.body.case === "data" && payload.schema !== "" && payload.encodings.length === 0;
}
