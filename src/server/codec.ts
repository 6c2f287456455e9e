/** Messages to and from bytes, within the limits. */
import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";

import { messageMalformed, messageTooLarge } from "./errors.ts";

/** @throws QTasksError MESSAGE_MALFORMED or PAYLOAD_TOO_LARGE */
export function decode<D extends DescMessage>(
  desc: D,
  bytes: Buffer,
  maxBytes: number,
): MessageShape<D> {
  if (bytes.length > maxBytes) throw messageTooLarge("request", maxBytes);
  try {
    // A plain view: bytes fields of a message must not turn out to be Buffers.
    return fromBinary(desc, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (thrown) {
    throw messageMalformed(desc, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** @throws QTasksError PAYLOAD_TOO_LARGE; Error for what isn't the message. */
export function encode(desc: DescMessage, init: object, maxBytes: number): Buffer {
  const bytes = toBinary(desc, create(desc, init as MessageInitShape<DescMessage>));
  if (bytes.length > maxBytes) throw messageTooLarge("response", maxBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
