/** From a payload as it is stored to the one that a program made. */
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { associatedData } from "./associated-data.ts";
import { decompressed } from "./compression.ts";
import { decrypted, isEncryption } from "./encryption.ts";
import type { ResolvedCodec } from "./options.ts";
import { textOf, UTF8 } from "./text.ts";
import { cannotDecode } from "./undecodable.ts";

type Body = Payload["body"];

/**
 * Undoes the encodings that it knows, the last one first, and stops at others: another codec's may be next. Throws
 * MESSAGE_MALFORMED for what can't be undone, and for plain payloads where encryption is required.
 */
export function decodePayload(payload: Payload, codec: ResolvedCodec): Payload {
  const { encodings } = payload;
  // Without a body there is nothing that could have been encrypted.
  const isPlain = encodings.length === 0;
  if (isPlain && (!codec.requireEncryption || payload.body.case === undefined)) return payload;
  let { body } = payload;
  let count = encodings.length;
  let wasEncrypted = false;
  for (; count > 0 && isKnown(encodings[count - 1]!); count--) {
    wasEncrypted ||= isEncryption(encodings[count - 1]!);
    body = undone(body, { ...payload, encodings: encodings.slice(0, count) }, codec);
  }
  if (codec.requireEncryption && !wasEncrypted)
    throw cannotDecode("not encrypted, as this app requires");
  if (count === encodings.length) return payload;
  return { ...payload, body: ofItsOwn(body), encodings: encodings.slice(0, count) };
}

/** Bytes as handlers get them without a codec: no Buffer, which is a part of one that all share. */
function ofItsOwn(body: Body): Body {
  return body.case === "data" ? { case: "data", value: new Uint8Array(body.value) } : body;
}

function isKnown(encoding: string): boolean {
  return encoding === UTF8 || encoding === "gzip" || encoding === "zstd" || isEncryption(encoding);
}

/** The body without the last of the encodings. */
function undone(body: Body, payload: Payload, { keys, maxDecodedBytes }: ResolvedCodec): Body {
  const encoding = payload.encodings.at(-1)!;
  const bytes = dataOf(body, encoding);
  if (encoding === UTF8) return { case: "text", value: textOf(bytes) };
  const value =
    encoding === "gzip" || encoding === "zstd"
      ? decompressed(encoding, bytes, maxDecodedBytes)
      : decrypted(bytes, encoding, keys, associatedData(payload, payload.encodings));
  return { case: "data", value };
}

function dataOf(body: Body, encoding: string): Uint8Array {
  if (body.case === "data") return body.value;
  throw cannotDecode(`the encoding ${encoding.split(";")[0]} is of bytes; there are none`);
}
