/**
 * The packed form of an ended attempt, wherever a record keeps it: 22 bytes, then its body, to the end. Numbers are
 * little-endian.
 */
import type { AttemptState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { readNonce, writeNonce } from "./nonce-codec.ts";
import type { EndedAttempt } from "./record.ts";

const AT = { number: 0, state: 4, reported: 5, nonce: 6, size: 22 } as const;

/** Bytes that it takes. */
export function endedLength({ body }: EndedAttempt): number {
  return AT.size + body.length;
}

/** Writes it where there is room for {@link endedLength} bytes; `view` is over `bytes`. */
export function writeEnded(bytes: Buffer, view: DataView, from: number, ended: EndedAttempt): void {
  view.setUint32(from + AT.number, ended.number, true);
  bytes[from + AT.state] = ended.state;
  bytes[from + AT.reported] = ended.reported ? 1 : 0;
  writeNonce(bytes, from + AT.nonce, ended.nonce);
  bytes.set(ended.body, from + AT.size);
}

/** The bytes of its body are a view. */
export function readEnded(bytes: Buffer): EndedAttempt {
  return {
    number: bytes.readUInt32LE(AT.number),
    state: bytes[AT.state] as AttemptState,
    nonce: readNonce(bytes.toString("hex", AT.nonce, AT.size)),
    reported: bytes[AT.reported] === 1,
    body: bytes.subarray(AT.size),
  };
}
