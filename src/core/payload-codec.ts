/** `Payload` in wire format: each task has one that goes in, and one that comes out. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { newPayload } from "./messages.ts";
import { payloadBytes } from "./payload-bytes.ts";
import { bytesFieldSize, textFieldSize, WireWriter } from "./wire.ts";
import type { Fields } from "./wire-fields.ts";

export function encodePayload(payload: Payload): Buffer {
  const bodyLength = payloadBytes(payload);
  const writer = new WireWriter(payloadSize(payload, bodyLength));
  writePayload(writer, payload, bodyLength);
  return writer.bytes;
}

/** Bytes of the encoded payload whose body has so many. */
export function payloadSize(payload: Payload, bodyLength: number): number {
  const { body, contentType, schema, encodings } = payload;
  let size = body.case === undefined ? 0 : bytesFieldSize(bodyLength);
  size += textFieldSize(contentType) + textFieldSize(schema);
  // An item of a list is written even where it is empty.
  for (const encoding of encodings) size += bytesFieldSize(Buffer.byteLength(encoding));
  return size;
}

/** Writes as many bytes as {@link payloadSize} tells. */
export function writePayload(writer: WireWriter, payload: Payload, bodyLength: number): void {
  const { body, contentType, schema, encodings } = payload;
  if (body.case === "data") writer.bytesField(1, body.value);
  if (body.case === "text") writer.textField(2, body.value, bodyLength);
  if (contentType !== "") writer.textField(3, contentType);
  if (schema !== "") writer.textField(4, schema);
  for (const encoding of encodings) writer.textField(5, encoding);
}

/** Reads the payload that begins here. The bytes of its body are a view. */
export function readPayload(parent: Fields): Payload {
  const fields = parent.inner(5);
  const payload = newPayload();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) payload.body = { case: "data", value: fields.plain() };
    else if (field === 2) payload.body = { case: "text", value: fields.text() };
    else if (field === 3) payload.contentType = fields.text();
    else if (field === 4) payload.schema = fields.text();
    else if (field === 5) payload.encodings.push(fields.text());
    else fields.leave();
  }
  return parent.after(fields, payload);
}
