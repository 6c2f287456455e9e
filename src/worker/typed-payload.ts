/** Between the payloads of typed tasks and their messages. */
import {
  create,
  createRegistry,
  fromBinary,
  fromJson,
  toBinary,
  type DescFile,
  type DescMessage,
  type JsonValue,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { InputRejectedError } from "./errors.ts";
import { decodePayload, rejectEncoded } from "./payload.ts";
import { withImports } from "./schema.ts";

const PROTOBUF = "application/protobuf";

/** Gives what a payload holds. Throws InputRejectedError where that is something else. */
export type PayloadReader<T> = (payload: Payload | undefined) => T;

/**
 * Reads inputs of a typed task as messages: protobuf bytes, or JSON as protobuf has it. No payload is the empty
 * message. `file` is that of the task's service: what it knows may be in an Any of JSON.
 */
export function messageReader<S extends DescMessage>(
  schema: S,
  file: DescFile,
): PayloadReader<MessageShape<S>> {
  const fromText = jsonReader(schema, file);
  return (payload) => {
    if (payload !== undefined) rejectEncoded(payload);
    if (payload?.body.case === undefined) return create(schema);
    if (!isMessageOf(schema, payload)) return fromText(payload);
    return rejectWhatThrows(() => fromBinary(schema, payload.body.value as Uint8Array));
  };
}

/** As {@link messageReader}, the message's bytes: as they came, or made of JSON. */
export function bytesReader(schema: DescMessage, file: DescFile): PayloadReader<Uint8Array> {
  const fromText = jsonReader(schema, file);
  return (payload) => {
    if (payload !== undefined) rejectEncoded(payload);
    if (payload?.body.case === undefined) return new Uint8Array();
    if (!isMessageOf(schema, payload)) return toBinary(schema, fromText(payload));
    return payload.body.value as Uint8Array;
  };
}

/** The payload says that it is such a message; InputRejectedError where it says that it is another one. */
function isMessageOf(schema: DescMessage, payload: Payload): boolean {
  const { contentType, schema: typeName, body } = payload;
  if (body.case !== "data" || (contentType !== PROTOBUF && typeName === "")) return false;
  if (typeName !== "" && typeName !== schema.typeName)
    throw rejected(`expected a ${schema.typeName}, found a ${typeName}`);
  return true;
}

function jsonReader<S extends DescMessage>(
  schema: S,
  file: DescFile,
): (payload: Payload) => MessageShape<S> {
  const registry = createRegistry(...withImports([file]));
  return (payload) => {
    const value = decodePayload(payload);
    const { contentType } = payload;
    if (value instanceof Uint8Array)
      throw rejected(
        `expected a ${schema.typeName}, found ${contentType || "bytes without a type"}`,
      );
    return rejectWhatThrows(() => fromJson(schema, value as JsonValue, { registry }));
  };
}

function rejectWhatThrows<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw rejected((error as Error).message, error);
  }
}

function rejected(message: string, cause?: unknown): InputRejectedError {
  return new InputRejectedError("qtasks.PayloadUndecodable", `payload: ${message}`, cause);
}
