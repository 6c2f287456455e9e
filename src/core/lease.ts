import { bufferOf } from "./bytes.ts";
import { NONCE_BYTES } from "./nonce-codec.ts";

/**
 * A lease token names one attempt of one task. It carries the task's id, so that no index from
 * tokens to tasks is needed: 16 bytes of nonce, 4 bytes of attempt number, then the id in UTF-8.
 */
export interface Lease {
  readonly taskId: string;
  /** Attempt.number, which is the fencing token too. */
  readonly attempt: number;
  /** 32 hex digits; all tasks of one hand-out share it. */
  readonly nonce: string;
}

const HEADER_BYTES = NONCE_BYTES + 4;

export function encodeLeaseToken({ taskId, attempt, nonce }: Lease): Uint8Array {
  const token = Buffer.allocUnsafe(HEADER_BYTES + Buffer.byteLength(taskId));
  token.write(nonce, 0, NONCE_BYTES, "hex");
  token.writeUInt32BE(attempt, NONCE_BYTES);
  token.write(taskId, HEADER_BYTES, "utf8");
  return token;
}

/** The lease that a token names, or undefined where the bytes can't be a token. */
export function decodeLeaseToken(token: Uint8Array): Lease | undefined {
  if (token.length <= HEADER_BYTES) return undefined;
  const bytes = bufferOf(token);
  return {
    nonce: bytes.toString("hex", 0, NONCE_BYTES),
    attempt: bytes.readUInt32BE(NONCE_BYTES),
    taskId: bytes.toString("utf8", HEADER_BYTES),
  };
}
