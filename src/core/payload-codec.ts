/** `Payload` in wire format: each task has one that goes in, and one that comes out. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { newPayload } from "./messages.ts";
import { bytesFieldSize, WireWriter } from "./wire.ts";
import type { Fields } from "./wire-fields.ts";

export function encodePayload({ body, contentType, schema, encodings }: Payload): Buffer {
  const bodyLength =
    body.case === "text" ? Buffer.byteLength(body.value) : (body.value?.length ?? 0);
  const typeLength = Buffer.byteLength(contentType);
  const schemaLength = Buffer.byteLength(schema);
  const lengths = encodings.map((encoding) => Buffer.byteLength(encoding));
  const size =
    (body.case === undefined ? 0 : bytesFieldSize(bodyLength)) +
    (typeLength === 0 ? 0 : bytesFieldSize(typeLength)) +
    (schemaLength === 0 ? 0 : bytesFieldSize(schemaLength)) +
    lengths.reduce((sum, length) => sum + bytesFieldSize(length), 0);
  const writer = new WireWriter(size);
  if (body.case === "data") writer.bytesField(1, body.value);
  if (body.case === "text") writer.textField(2, body.value, bodyLength);
  if (typeLength > 0) writer.textField(3, contentType, typeLength);
  if (schemaLength > 0) writer.textField(4, schema, schemaLength);
  encodings.forEach((encoding, at) => writer.textField(5, encoding, lengths[at]!));
  return writer.bytes;
}

/** Reads the payload that begins here. The bytes of its body are a view. */
export function readPayload(parent: Fields): Payload {
  const fields = parent.inner({ repeated: 5 });
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
