/** Messages to and from bytes, within the limits. */
import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";

import { bufferOf } from "../core/bytes.ts";
import { decodeHot, encodeHot } from "../core/hot-codecs.ts";
import { messageMalformed, messageTooLarge } from "./errors.ts";

/** Names the function by which an answer encodes itself, where that is cheaper than to make its messages first. */
export const WIRE = Symbol("wire");

export interface Encodable {
  readonly [WIRE]: () => Uint8Array;
}

/** @throws QTasksError MESSAGE_MALFORMED or PAYLOAD_TOO_LARGE */
export function decode<D extends DescMessage>(
  desc: D,
  bytes: Buffer,
  maxBytes: number,
): MessageShape<D> {
  if (bytes.length > maxBytes) throw messageTooLarge("request", maxBytes);
  try {
    const hot = decodeHot(desc, bytes);
    if (hot !== undefined) return hot;
    // A plain view: bytes fields of a message must not turn out to be Buffers.
    return fromBinary(desc, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (thrown) {
    throw messageMalformed(desc, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** @throws QTasksError PAYLOAD_TOO_LARGE; Error for what isn't the message. */
export function encode(desc: DescMessage, init: object, maxBytes: number): Buffer {
  const bytes =
    WIRE in init
      ? (init as Encodable)[WIRE]()
      : (encodeHot(desc, init) ??
        toBinary(desc, create(desc, init as MessageInitShape<DescMessage>)));
  if (bytes.length > maxBytes) throw messageTooLarge("response", maxBytes);
  return bufferOf(bytes);
}
