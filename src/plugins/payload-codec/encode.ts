/** From a payload as the program made it to the one that is stored. */
import type { KeyObject } from "node:crypto";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../../core/errors.ts";
import { associatedData } from "./associated-data.ts";
import { compressed } from "./compression.ts";
import { encrypted, encryption, isEncryption } from "./encryption.ts";
import { keyObject, type KeyRing } from "./key-ring.ts";
import type { ResolvedCodec } from "./options.ts";
import { UTF8 } from "./text.ts";

/** Bytes, and what was done to come by them. */
interface Encoded {
  readonly bytes: Uint8Array;
  readonly encodings: readonly string[];
}

/**
 * The payload, compressed where that makes it smaller, then encrypted. As it is where there is nothing to do: it has no
 * body, or was encrypted before.
 */
export function encodePayload(payload: Payload, codec: ResolvedCodec): Payload {
  const plain = bytesOf(payload);
  if (plain === undefined || payload.encodings.some(isEncryption)) return payload;
  const small = smaller(plain, payload, codec);
  const { keys } = codec;
  if (keys === undefined && small === plain) return payload;
  const { bytes, encodings } = keys === undefined ? small : sealed(small, payload, keys);
  return { ...payload, body: { case: "data", value: bytes }, encodings: [...encodings] };
}

function bytesOf({ body, encodings }: Payload): Encoded | undefined {
  if (body.case === "data") return { bytes: body.value, encodings };
  if (body.case === "text")
    return { bytes: Buffer.from(body.value), encodings: [...encodings, UTF8] };
  return undefined;
}

/** What another program has encoded is small already, and what could not be decoded again stays as it is. */
function smaller(
  plain: Encoded,
  payload: Payload,
  { compress, maxDecodedBytes }: ResolvedCodec,
): Encoded {
  const { bytes, encodings } = plain;
  if (compress === undefined || payload.encodings.length > 0) return plain;
  if (bytes.length > maxDecodedBytes) return plain;
  const small = compressed(bytes, compress);
  return small === undefined
    ? plain
    : { bytes: small, encodings: [...encodings, compress.algorithm] };
}

function sealed({ bytes, encodings }: Encoded, payload: Payload, keys: KeyRing): Encoded {
  const { current } = keys;
  const all = [...encodings, encryption(current)];
  const key = currentKey(keys);
  return { bytes: encrypted(bytes, key, associatedData(payload, all)), encodings: all };
}

function currentKey(keys: KeyRing): KeyObject {
  const { current } = keys;
  const key = keys.key(current);
  if (key !== undefined) return keyObject(current, key);
  throw new QTasksError(
    "CONFIG_INVALID",
    `payloadCodec: encrypt.keys: the current key, ${current}, is not in the ring`,
  );
}
