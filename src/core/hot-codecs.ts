/** The hand-written codecs of hot messages, by what they are of. Any other message is for protobuf-es. */
import type { DescMessage, Message, MessageShape } from "@bufbuild/protobuf";
import {
  BatchEnqueueTasksRequestSchema,
  BatchEnqueueTasksResponseSchema,
  EnqueueTaskRequestSchema,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import {
  decodeBatchEnqueue,
  decodeEnqueueTask,
  encodeBatchEnqueue,
  encodeEnqueueTask,
} from "./enqueue-codec.ts";
import { decodeEnqueueResults, encodeEnqueueResults } from "./enqueue-result-codec.ts";

type Decode = (bytes: Buffer) => Message | undefined;
type Encode = (init: object) => Buffer;

const DECODERS: ReadonlyMap<DescMessage, Decode> = new Map<DescMessage, Decode>([
  [EnqueueTaskRequestSchema, decodeEnqueueTask],
  [BatchEnqueueTasksRequestSchema, decodeBatchEnqueue],
  [BatchEnqueueTasksResponseSchema, decodeEnqueueResults],
]);

const ENCODERS: ReadonlyMap<DescMessage, Encode> = new Map<DescMessage, Encode>([
  [EnqueueTaskRequestSchema, encodeEnqueueTask],
  [BatchEnqueueTasksRequestSchema, encodeBatchEnqueue],
  [BatchEnqueueTasksResponseSchema, encodeEnqueueResults],
]);

/** Undefined leaves the message to protobuf-es. Throws a RangeError where the bytes end too early. */
export function decodeHot<D extends DescMessage>(
  desc: D,
  bytes: Buffer,
): MessageShape<D> | undefined {
  // A decoder answers with the message that it stands for.
  return DECODERS.get(desc)?.(bytes) as MessageShape<D> | undefined;
}

/** Undefined leaves the message to protobuf-es. Takes whatever `create` takes. */
export function encodeHot(desc: DescMessage, init: object): Buffer | undefined {
  return ENCODERS.get(desc)?.(init);
}
