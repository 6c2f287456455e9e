/** `Attempt` in wire format: one is written with the end of every attempt. */
import type { AttemptState } from "../../gen/qtasksapi/v1/task_pb.ts";
import { bufferOf } from "./bytes.ts";
import {
  bytesFieldSize,
  timestampSize,
  VARINT,
  varintSize,
  WireReader,
  WireWriter,
} from "./wire.ts";

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
  const { number, state, workerId, startAt, endAt, failure } = parts;
  const workerLength = Buffer.byteLength(workerId);
  const size =
    (number === 0 ? 0 : 2 * (1 + varintSize(number))) +
    (state === 0 ? 0 : 2) +
    (workerLength === 0 ? 0 : bytesFieldSize(workerLength)) +
    bytesFieldSize(timestampSize(startAt)) +
    bytesFieldSize(timestampSize(endAt)) +
    (failure === undefined ? 0 : bytesFieldSize(failure.length));
  const writer = new WireWriter(size);
  if (number !== 0) writer.varintField(1, number);
  if (state !== 0) writer.varintField(2, state);
  if (workerLength > 0) writer.textField(3, workerId, workerLength);
  writer.timestampField(4, startAt);
  writer.timestampField(5, endAt);
  if (failure !== undefined) writer.bytesField(6, failure);
  if (number !== 0) writer.varintField(7, number);
  return writer.bytes;
}

/** When an encoded attempt ended, in ms since the epoch; 0 where it does not say. Nothing else of it is read. */
export function attemptEndAt(attempt: Uint8Array): number {
  const reader = new WireReader(bufferOf(attempt));
  while (!reader.done) {
    const tag = reader.varint();
    if (tag >>> 3 === 5) return timestampAt(reader);
    skip(reader, tag);
  }
  return 0;
}

function timestampAt(reader: WireReader): number {
  const end = reader.span();
  let ms = 0;
  while (reader.at < end) {
    const field = reader.varint() >>> 3;
    const value = reader.varint();
    ms += field === 1 ? value * 1_000 : Math.trunc(value / 1e6);
  }
  return ms;
}

function skip(reader: WireReader, tag: number): void {
  if ((tag & 7) === VARINT) reader.varint();
  else reader.at = reader.span();
}
