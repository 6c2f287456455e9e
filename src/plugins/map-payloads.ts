/** Finds the payloads in messages, by what their descriptors say. */
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { PayloadSchema, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { MapPayload } from "../core/payload-hooks.ts";

type Fields = Record<string, unknown>;
type Mapper = (message: Fields, map: MapPayload) => Fields;

/** Mappers by message type, made as they are asked for. */
export class PayloadMappers {
  readonly #mappers = new Map<DescMessage, Mapper | undefined>();

  /** Gives a copy of a message of that type with its payloads replaced; undefined where it can hold none. */
  of(message: DescMessage): Mapper | undefined {
    if (message.typeName === PayloadSchema.typeName) return mapWhole;
    if (!this.#mappers.has(message)) {
      const leading = message.fields.filter(leadsToPayload);
      this.#mappers.set(message, leading.length === 0 ? undefined : this.#mapperOf(leading));
    }
    return this.#mappers.get(message);
  }

  #mapperOf(fields: readonly DescField[]): Mapper {
    return (message, map) => {
      const copy = { ...message };
      for (const field of fields) this.#mapField(copy, field, map);
      return copy;
    };
  }

  #mapField(copy: Fields, field: DescField, map: MapPayload): void {
    const { localName, oneof } = field;
    const inner = (value: unknown): unknown => this.#mapValue(field, value, map);
    if (oneof !== undefined) {
      const chosen = copy[oneof.localName] as { case?: string; value?: unknown } | undefined;
      if (chosen?.case !== localName) return;
      copy[oneof.localName] = { case: localName, value: inner(chosen.value) };
    } else if (copy[localName] !== undefined) copy[localName] = inner(copy[localName]);
  }

  #mapValue(field: DescField, value: unknown, map: MapPayload): unknown {
    const mapper = this.of(field.message!)!;
    const each = (item: unknown): unknown => mapper(item as Fields, map);
    if (field.fieldKind === "list") return (value as unknown[]).map(each);
    if (field.fieldKind !== "map") return each(value);
    return Object.fromEntries(
      Object.entries(value as Fields).map(([key, item]) => [key, each(item)]),
    );
  }
}

function leadsToPayload(field: DescField): boolean {
  return field.message !== undefined && holdsPayload(field.message, new Set());
}

/** The message is a payload, or one of its fields leads to one, however deep. */
function holdsPayload(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (message.typeName === PayloadSchema.typeName) return true;
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some(
    ({ message: inner }) => inner !== undefined && holdsPayload(inner, seen),
  );
}

/** Typed by what its descriptor says, which the compiler can't know. */
function mapWhole(message: unknown, map: MapPayload): Fields {
  const mapped: unknown = map(message as Payload);
  return mapped as Fields;
}
