/** Ids that are made before a call, so that the call can be repeated. */
import { randomFillSync, randomUUID } from "node:crypto";

/**
 * A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits, so that ids sort by time. The
 * random part is that of a version 4 UUID, which Node draws from a pool of its own.
 */
export function uuidv7(nowMs: number = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const NONCE_BYTES = 16;
// A draw costs about as much for one nonce as for a hundred. What is given out is never given again.
const pool = Buffer.alloc(128 * NONCE_BYTES);
let used = pool.length;

/** 32 hex digits, unguessable: names a hand-out, a hold, an intent, a server. */
export function nonce(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += NONCE_BYTES;
  return pool.toString("hex", used - NONCE_BYTES, used);
}
