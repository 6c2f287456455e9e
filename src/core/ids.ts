/** Ids that are made before a call, so that the call can be repeated. For browsers too. */

/**
 * A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits, so that ids sort by time. The
 * random part is that of a version 4 UUID, which Node draws from a pool of its own.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  // In two parts: writing a number of more than 32 bits in hex takes twice as long.
  const high = Math.floor(nowMs / 0x10000).toString(16);
  const low = (nowMs % 0x10000).toString(16);
  return `${high.padStart(8, "0")}-${low.padStart(4, "0")}-7${randomUUID().slice(15)}`;
}

/** 32 hex digits, unguessable (122 random bits of a UUID): names a hand-out, a hold, an intent, a server. */
export function nonce(): string {
  return randomUUID().replaceAll("-", "");
}

/** 32 random bits: of a record that is written, see {@link TaskRecord.stamp}. */
export function newStamp(): number {
  return Math.floor(Math.random() * 2 ** 32);
}

type WebCrypto = typeof globalThis.crypto;

/** Browsers have `randomUUID` for pages that came over TLS or from this machine. */
interface PageCrypto extends Pick<WebCrypto, "getRandomValues"> {
  readonly randomUUID?: WebCrypto["randomUUID"];
}

/** A version 4 UUID. */
function randomUUID(): string {
  const crypto: PageCrypto = globalThis.crypto;
  return crypto.randomUUID?.() ?? uuidOf(crypto.getRandomValues(new Uint8Array(16)));
}

function uuidOf(bytes: Uint8Array): string {
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
