/** Nonces in packed records: 16 raw bytes, all zero where there is none. */

export const NONCE_BYTES = 16;
const NO_NONCE = "0".repeat(2 * NONCE_BYTES);

export function writeNonce(bytes: Buffer, at: number, nonce: string): void {
  bytes.write(nonce === "" ? NO_NONCE : nonce, at, NONCE_BYTES, "hex");
}

/** The nonce whose bytes are these in hex. */
export function readNonce(hex: string): string {
  return hex === NO_NONCE ? "" : hex;
}
