/** The keys that payloads are encrypted with. */
import { createSecretKey, KeyObject } from "node:crypto";
import { QTasksError } from "../../core/errors.ts";

/** 32 random bytes: `crypto.randomBytes(32)`, or a KeyObject of as many. */
export type Key = Uint8Array | KeyObject;

/** Made by {@link keyRing}, or by a program that keeps its keys elsewhere. Asked for each payload. */
export interface KeyRing {
  /** Id of the key that is encrypted with. */
  readonly current: string;
  /** The key of that id; undefined where it is not known. */
  key(id: string): Key | undefined;
}

/** Bytes of a key of AES-256. */
const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * A ring of keys by id. To rotate, add a key to the rings of all programs, then make it the current one; the old one
 * stays until nothing is stored under it. Ids are up to 64 letters, digits, `.`, `_` and `-`; they are stored
 * beside what is encrypted and are no secret. CONFIG_INVALID for other ids, keys that are not 32 bytes, and a current
 * key that is not there.
 */
export function keyRing(current: string, keys: Readonly<Record<string, Key>>): KeyRing {
  const objects = new Map(Object.entries(keys).map(([id, key]) => [id, keyObject(id, key)]));
  const ring: KeyRing = { current, key: (id) => objects.get(id) };
  checkRing(ring);
  return Object.freeze(ring);
}

/** CONFIG_INVALID where its current key can't be encrypted with. */
export function checkRing(ring: KeyRing): void {
  if (!isRing(ring)) throw invalid("is to be a KeyRing, as keyRing(current, keys) makes one");
  const { current } = ring;
  checkId(current);
  const key = ring.key(current);
  if (key !== undefined) keyObject(current, key);
  else throw invalid(`the current key, ${current}, is not in the ring`);
}

function isRing(ring: Partial<KeyRing> | undefined): boolean {
  return ring?.current !== undefined && typeof ring.key === "function";
}

/** Checked, and a copy where bytes were given. CONFIG_INVALID as {@link keyRing}; the key itself is never named. */
export function keyObject(id: string, key: Key): KeyObject {
  checkId(id);
  if (key instanceof KeyObject) {
    if (key.symmetricKeySize === KEY_BYTES) return key;
    const size = key.symmetricKeySize === undefined ? "" : ` of ${key.symmetricKeySize} bytes`;
    throw invalid(
      `${id} is to be a secret key of ${KEY_BYTES} bytes; got a ${key.type} key${size}`,
    );
  }
  if (key instanceof Uint8Array && key.length === KEY_BYTES) return createSecretKey(key);
  const got = key instanceof Uint8Array ? `${key.length} bytes` : typeof key;
  throw invalid(`${id} is to be a Buffer or KeyObject of ${KEY_BYTES} bytes; got ${got}`);
}

function checkId(id: string): void {
  if (typeof id === "string" && KEY_ID.test(id)) return;
  throw invalid(
    `a key's id is 1 to 64 letters, digits, ".", "_" and "-", the first a letter or digit; got ${JSON.stringify(id)}`,
  );
}

function invalid(what: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `payloadCodec: encrypt.keys: ${what}`);
}
