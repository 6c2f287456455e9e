/** `Attempt` in wire format: one is written with the end of every attempt. */
import type { AttemptState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { bytesFieldSize, MAX_TIMESTAMP_SIZE, varintSize, WireWriter } from "./wire.ts";

export interface AttemptParts {
  /** Its fencing token too. */
  readonly number: number;
  readonly state: AttemptState;
  readonly workerId: string;
  /** Ms since the epoch. */
  readonly startAt: number;
  readonly endAt: number;
  /** Encoded Failure. */
  readonly failure?: Uint8Array | undefined;
}

export function encodeAttempt(parts: AttemptParts): Buffer {
  const { number, state, workerId, failure } = parts;
  const workerLength = Buffer.byteLength(workerId);
  const size =
    2 * (1 + varintSize(number)) +
    2 +
    bytesFieldSize(workerLength) +
    2 * MAX_TIMESTAMP_SIZE +
    (failure === undefined ? 0 : bytesFieldSize(failure.length));
  const writer = new WireWriter(size);
  if (number !== 0) writer.varintField(1, number);
  if (state !== 0) writer.varintField(2, state);
  if (workerLength > 0) writer.textField(3, workerId, workerLength);
  writer.timestampField(4, parts.startAt);
  writer.timestampField(5, parts.endAt);
  if (failure !== undefined) writer.bytesField(6, failure);
  if (number !== 0) writer.varintField(7, number);
  return writer.written;
}
