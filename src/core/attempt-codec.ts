/** `Attempt` in wire format: one is written with the end of every attempt. */
import type { AttemptState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { bytesFieldSize, varintSize, WireWriter } from "./wire.ts";

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
  const [start, end] = [split(parts.startAt), split(parts.endAt)];
  const numberSize = 1 + varintSize(number);
  const size =
    (number === 0 ? 0 : 2 * numberSize) +
    (state === 0 ? 0 : 1 + varintSize(state)) +
    (workerLength === 0 ? 0 : bytesFieldSize(workerLength)) +
    bytesFieldSize(start.size) +
    bytesFieldSize(end.size) +
    (failure === undefined ? 0 : bytesFieldSize(failure.length));
  const writer = new WireWriter(size);
  if (number !== 0) writer.varintField(1, number);
  if (state !== 0) writer.varintField(2, state);
  if (workerLength > 0) writer.textField(3, workerId, workerLength);
  writeTimestamp(writer, 4, start);
  writeTimestamp(writer, 5, end);
  if (failure !== undefined) writer.bytesField(6, failure);
  if (number !== 0) writer.varintField(7, number);
  return writer.bytes;
}

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
  /** Bytes on the wire. */
  readonly size: number;
}

/** Times are after 1970, so that no number is negative. */
function split(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  const size =
    (seconds === 0 ? 0 : 1 + varintSize(seconds)) + (nanos === 0 ? 0 : 1 + varintSize(nanos));
  return { seconds, nanos, size };
}

function writeTimestamp(writer: WireWriter, field: number, time: Timestamp): void {
  writer.head(field, time.size);
  if (time.seconds !== 0) writer.varintField(1, time.seconds);
  if (time.nanos !== 0) writer.varintField(2, time.nanos);
}
