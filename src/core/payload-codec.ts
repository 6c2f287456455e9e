/** `Payload` in wire format: each task has one that goes in, and one that comes out. */
import { fromBinary } from "@bufbuild/protobuf";
import { PayloadSchema, type Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { newPayload } from "./messages.ts";
import { BYTES, bytesFieldSize, WireReader, WireWriter } from "./wire.ts";

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

/** Not a Buffer: programs that get the message compare and print it. */
function plain(view: Buffer): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/** The bytes of its body are a view. Throws where the bytes are no Payload. */
export function decodePayloadBytes(bytes: Buffer): Payload {
  const payload = newPayload();
  const reader = new WireReader(bytes);
  while (!reader.done) {
    const tag = reader.varint();
    if ((tag & 7) !== BYTES) return fromBinary(PayloadSchema, bytes);
    switch (tag >>> 3) {
      case 1:
        payload.body = { case: "data", value: plain(reader.view()) };
        break;
      case 2:
        payload.body = { case: "text", value: reader.text() };
        break;
      case 3:
        payload.contentType = reader.text();
        break;
      case 4:
        payload.schema = reader.text();
        break;
      case 5:
        payload.encodings.push(reader.text());
        break;
      default:
        return fromBinary(PayloadSchema, bytes);
    }
  }
  return payload;
}
