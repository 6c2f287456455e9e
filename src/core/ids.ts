/** Ids that are made before a call, so that the call can be repeated. */
import { randomBytes, randomFillSync } from "node:crypto";

const pool = { bytes: new Uint8Array(4096), used: 4096 };

/** Eight to sixteen random bytes at a time are dear; they are drawn from a block of 4 KiB. */
function draw(size: number): Uint8Array {
  if (pool.used + size > pool.bytes.length) {
    pool.bytes = randomFillSync(new Uint8Array(4096));
    pool.used = 0;
  }
  const from = pool.used;
  pool.used += size;
  return pool.bytes.subarray(from, from + size);
}

/** A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits, so that ids sort by time. */
export function uuidv7(nowMs: number = Date.now()): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.set(draw(16));
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 32 hex digits, unguessable: names a hand-out, a hold, an intent, a server. */
export function nonce(): string {
  return randomBytes(16).toString("hex");
}
