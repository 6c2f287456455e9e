/** The encoding `aes256gcm;kid=ID`: a version byte, a nonce, what is encrypted, and a tag. */
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from "node:crypto";
import { QTasksError } from "../../core/errors.ts";
import { keyObject, type KeyRing } from "./key-ring.ts";
import { cannotDecode } from "./undecodable.ts";

const CIPHER = "aes-256-gcm";
const NAME = "aes256gcm";
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Of the version and the nonce. */
const HEAD_BYTES = 1 + NONCE_BYTES;
const ENCODING = /^aes256gcm;kid=([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/** Whether it is this encoding, with whatever parameters. */
export function isEncryption(encoding: string): boolean {
  return encoding === NAME || encoding.startsWith(`${NAME};`);
}

/** How a payload's encodings name it. */
export function encryption(keyId: string): string {
  return `${NAME};kid=${keyId}`;
}

/** Under a nonce of its own. */
export function encrypted(bytes: Uint8Array, key: KeyObject, associated: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  const parts = [Buffer.of(VERSION), nonce, cipher.update(bytes), cipher.final()];
  return Buffer.concat([...parts, cipher.getAuthTag()]);
}

/**
 * Throws MESSAGE_MALFORMED naming the key that is missing, or what does not fit: another format, bytes or associated data
 * that were changed, another key of the same id.
 */
export function decrypted(
  bytes: Uint8Array,
  encoding: string,
  keys: KeyRing | undefined,
  associated: Buffer,
): Buffer {
  const id = keyIdOf(encoding);
  const key = keyOf(id, keys);
  checkFormat(bytes);
  const nonce = bytes.subarray(1, HEAD_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const plain = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch (cause) {
    const what = `is not what was encrypted with the key ${id}: another key of that id, or changed since`;
    throw cannotDecode(what, { key_id: id }, cause);
  }
}

function keyIdOf(encoding: string): string {
  const id = ENCODING.exec(encoding)?.[1];
  if (id !== undefined) return id;
  throw cannotDecode(`the encoding ${encoding} is not ${NAME};kid=ID`);
}

function keyOf(id: string, keys: KeyRing | undefined): KeyObject {
  const key = keys?.key(id);
  if (key !== undefined) return usable(id, key);
  const what =
    keys === undefined ? "and this app has no keys" : "which is not in the key ring of this app";
  throw cannotDecode(`encrypted with the key ${id}, ${what}`, { key_id: id });
}

function usable(id: string, key: Parameters<typeof keyObject>[1]): KeyObject {
  try {
    return keyObject(id, key);
  } catch (cause) {
    throw cannotDecode(QTasksError.from(cause).message, { key_id: id }, cause);
  }
}

function checkFormat(bytes: Uint8Array): void {
  if (bytes.length < HEAD_BYTES + TAG_BYTES)
    throw cannotDecode(`${bytes.length} bytes are too few to be ${NAME}`);
  if (bytes[0] !== VERSION)
    throw cannotDecode(`version ${bytes[0]} of ${NAME}; this codec knows version ${VERSION}`);
}
