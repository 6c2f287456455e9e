/** Between the values of a program and the payloads of tasks. */
import {
  fromBinary,
  isMessage,
  toBinary,
  type DescMessage,
  type MessageShape,
} from "@bufbuild/protobuf";

import { PayloadSchema, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { fieldError, QTasksError } from "./errors.ts";
import { newPayload } from "./messages.ts";

const PROTOBUF = "application/protobuf";
const UNDECODABLE = Symbol("undecodable");

/** A payload that a codec could not read, as it came, with what it said. */
interface Undecodable extends Payload {
  readonly [UNDECODABLE]?: QTasksError;
}

/**
 * A value as a payload: a Payload as it is, bytes as bytes, anything else as JSON. `undefined` is `null`, what a task
 * without an input gets. Throws FIELD_VIOLATION for what JSON can't hold.
 */
export function toPayload(value: unknown): Payload {
  if (isMessage(value, PayloadSchema)) return value;
  if (isMessage(value))
    throw fieldError("input", `wrap the ${value.$typeName} by protobufPayload(schema, message)`);
  if (value instanceof Uint8Array) {
    const contentType = "application/octet-stream";
    return newPayload({ case: "data", value }, contentType);
  }
  return newPayload({ case: "text", value: jsonText(value) });
}

/** A protobuf message as the payload of a typed task. */
export function protobufPayload<S extends DescMessage>(
  schema: S,
  message: MessageShape<S>,
): Payload {
  return bytesPayload(schema.typeName, toBinary(schema, message));
}

/** As {@link protobufPayload}, of a message's bytes and the full name of its type. */
export function bytesPayload(typeName: string, value: Uint8Array): Payload {
  const payload = newPayload({ case: "data", value }, PROTOBUF);
  payload.schema = typeName;
  return payload;
}

/** The payload as it came; whoever reads it gets the error. */
export function undecodable(payload: Payload, error: QTasksError): Payload {
  return Object.defineProperty({ ...payload }, UNDECODABLE, { value: error });
}

/**
 * The value of a payload: of JSON the value, of other text a string, of other bytes a Uint8Array; no
 * payload is `null`. Throws MESSAGE_MALFORMED for JSON that is none and for encoded payloads, with what the codec said
 * where there is one.
 */
export function fromPayload(payload: Payload | undefined): unknown {
  if (payload !== undefined) refuseEncodings(payload);
  if (payload?.body.case === undefined) return null;
  const { body, contentType } = payload;
  if (body.case === "text") {
    return contentType === "" || isJson(contentType) ? parse(body.value) : body.value;
  }
  return isJson(contentType) ? parse(decodeText(body.value)) : body.value;
}

/** The message of a typed task's payload. Throws MESSAGE_MALFORMED where it is another one. */
export function messageOf<S extends DescMessage>(
  schema: S,
  payload: Payload | undefined,
): MessageShape<S> {
  if (payload !== undefined) refuseEncodings(payload);
  if (payload?.body.case !== "data" || payload.schema !== schema.typeName) {
    const found = payload?.schema === "" ? payload.contentType || "JSON" : payload?.schema;
    throw malformed(`expected a ${schema.typeName}, found ${found ?? "nothing"}`);
  }
  try {
    return fromBinary(schema, payload.body.value);
  } catch (cause) {
    throw malformed(`these bytes are no ${schema.typeName}`, cause);
  }
}

function jsonText(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch (error) {
    throw fieldError("input", `can't be JSON: ${(error as Error).message}`);
  }
  if (text === undefined) throw fieldError("input", `can't be JSON: a ${typeof value}`);
  return text;
}

function isJson(contentType: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/i.test(contentType);
}

function decodeText(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch (cause) {
    throw malformed("its JSON is not UTF-8", cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    // The parser's message quotes the payload, which has no place in logs.
    throw malformed("not the JSON that it says it is", cause);
  }
}

/** MESSAGE_MALFORMED for a payload that is encoded, or that a codec refused. */
export function refuseEncodings(payload: Payload): void {
  const { [UNDECODABLE]: error } = payload as Undecodable;
  if (error !== undefined) throw error;
  if (payload.encodings.length === 0) return;
  // A codec's parameters may name a key, and end at the semicolon.
  const names = payload.encodings.map((encoding) => encoding.split(";")[0]);
  throw malformed(
    `no codec for the encoding ${names.join(", ")}; it takes the plugin payloadCodec, as the writer has it`,
  );
}

function malformed(what: string, cause?: unknown): QTasksError {
  return new QTasksError("MESSAGE_MALFORMED", `payload: ${what}`, { cause });
}
