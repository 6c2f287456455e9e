/** Apps with a codec, and what their tests look at. */
import { randomBytes } from "node:crypto";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { toPayload } from "../../../src/core/payload.ts";
import { decodePayload } from "../../../src/plugins/payload-codec/decode.ts";
import { encodePayload } from "../../../src/plugins/payload-codec/encode.ts";
import type { Key } from "../../../src/plugins/payload-codec/index.ts";
import { keyRing } from "../../../src/plugins/payload-codec/index.ts";
import {
  resolveCodec,
  type PayloadCodecOptions,
} from "../../../src/plugins/payload-codec/options.ts";

export const OLD = randomBytes(32);
export const NEW = randomBytes(32);

/** Encrypts with the key `2026-11`, unless told otherwise. */
export function ringOf(
  keys: Readonly<Record<string, Key>> = { "2026-11": NEW },
  current = "2026-11",
) {
  return { keys: keyRing(current, keys) };
}

/** Both ways of one codec. */
export function codecOf(options: PayloadCodecOptions) {
  const codec = resolveCodec(options);
  return {
    encode: (payload: Payload) => encodePayload(payload, codec),
    decode: (payload: Payload) => decodePayload(payload, codec),
  };
}

/** A payload of bytes, with whatever fields. */
export function bytesOf(value: Uint8Array, fields: Partial<Payload> = {}): Payload {
  return { ...toPayload(value), ...fields };
}

/** The bytes of an encoded payload. */
export function dataOf({ body }: Payload): Uint8Array {
  if (body.case === "data") return body.value;
  throw new Error(`expected bytes, found ${body.case ?? "nothing"}`);
}
