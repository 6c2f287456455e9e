/** Between the payloads of the protocol and the values that handlers see. */
import { create } from "@bufbuild/protobuf";
import { PayloadSchema, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { InputRejectedError } from "./errors.ts";

/** The value can't be sent; the message names the cause. */
export class NotEncodableError extends Error {
  override readonly name = "NotEncodableError";
}

/** JSON for any value that has one, `null` for undefined; bytes travel as they are. NotEncodableError else. */
export function encodeValue(value: unknown): Payload {
  if (value instanceof Uint8Array) {
    const contentType = "application/octet-stream";
    return create(PayloadSchema, { body: { case: "data", value }, contentType });
  }
  return create(PayloadSchema, { body: { case: "text", value: encodeJson(value) } });
}

function encodeJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch (error) {
    throw new NotEncodableError(`not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (text === undefined) throw new NotEncodableError(`not JSON: a ${typeof value}`);
  return text;
}

/**
 * The value of a payload: JSON parsed, other text as a string, other data as bytes, none as null.
 * InputRejectedError where it can't be read.
 */
export function decodePayload(payload: Payload | undefined): unknown {
  if (payload === undefined || payload.body.case === undefined) return null;
  if (payload.encodings.length > 0) {
    const names = payload.encodings.map((encoding) => encoding.split(";")[0]).join(", ");
    throw undecodable(`no codec for the encoding ${names}`);
  }
  const { body, contentType } = payload;
  if (body.case === "text")
    return contentType === "" || isJson(contentType) ? parse(body.value) : body.value;
  return isJson(contentType) ? parse(decodeText(body.value)) : body.value;
}

/** Bytes that a payload takes in a message, without its small fields. */
export function payloadBytes(payload: Payload | undefined): number {
  const body = payload?.body;
  if (body?.case === "data") return body.value.length;
  return body?.case === "text" ? Buffer.byteLength(body.value) : 0;
}

function isJson(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  return type === "application/json" || type.endsWith("+json");
}

function decodeText(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch (error) {
    throw undecodable("the JSON is not UTF-8", error);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // The parser's message quotes the payload, which has no place in logs.
    throw undecodable("the payload is not the JSON that it says it is", error);
  }
}

function undecodable(message: string, cause?: unknown): InputRejectedError {
  return new InputRejectedError("qtasks.PayloadUndecodable", message, cause);
}
