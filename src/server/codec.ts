/** Messages to and from bytes, within the limits. */
import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";

import {
  BatchEnqueueTasksRequestSchema,
  EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { decodeBatchEnqueue, decodeEnqueueTask } from "../core/enqueue-codec.ts";
import { messageMalformed, messageTooLarge } from "./errors.ts";

/** Names the function by which an answer encodes itself, where that is cheaper than to make its messages first. */
export const WIRE = Symbol("wire");

export interface Encodable {
  readonly [WIRE]: () => Uint8Array;
}

/** Hand-written readers of hot requests; undefined from one of them leaves the message to protobuf-es. */
const READERS: ReadonlyMap<DescMessage, (bytes: Buffer) => Message | undefined> = new Map<
  DescMessage,
  (bytes: Buffer) => Message | undefined
>([
  [EnqueueTaskRequestSchema, decodeEnqueueTask],
  [BatchEnqueueTasksRequestSchema, decodeBatchEnqueue],
]);

/** @throws QTasksError MESSAGE_MALFORMED or PAYLOAD_TOO_LARGE */
export function decode<D extends DescMessage>(
  desc: D,
  bytes: Buffer,
  maxBytes: number,
): MessageShape<D> {
  if (bytes.length > maxBytes) throw messageTooLarge("request", maxBytes);
  try {
    const read = READERS.get(desc)?.(bytes);
    // A reader answers with the message that it stands for.
    if (read !== undefined) return read as MessageShape<D>;
    // A plain view: bytes fields of a message must not turn out to be Buffers.
    return fromBinary(desc, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (thrown) {
    throw messageMalformed(desc, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** @throws QTasksError PAYLOAD_TOO_LARGE; Error for what isn't the message. */
export function encode(desc: DescMessage, init: object, maxBytes: number): Buffer {
  const bytes =
    WIRE in init
      ? (init as Encodable)[WIRE]()
      : toBinary(desc, create(desc, init as MessageInitShape<DescMessage>));
  if (bytes.length > maxBytes) throw messageTooLarge("response", maxBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
