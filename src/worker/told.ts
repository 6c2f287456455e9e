/** What handlers tell of how far they are, checked before it leaves them. */
import { create } from "@bufbuild/protobuf";
import { ProgressSchema, type Payload, type Progress } from "../../gen/qtasksapi/v1/task_pb.ts";
import { clip } from "../core/failure.ts";
import { DEFAULT_LIMITS } from "../core/limits.ts";
import { payloadBytes } from "../core/payload-bytes.ts";
import { encodeValue } from "./payload.ts";

/** What the server takes as the message of a progress, in bytes. */
const MAX_PROGRESS_BYTES = 1_000;

/** RangeError for counts below 0 and for what is no number. */
export function progressOf(completed: number, total: number, message: string): Progress {
  for (const value of [completed, total])
    if (!Number.isFinite(value) || value < 0)
      throw new RangeError(`progress counts must be 0 or more; got ${value}`);
  return create(ProgressSchema, { completed, total, message: clip(message, MAX_PROGRESS_BYTES) });
}

/** RangeError above the limit of a checkpoint, NotEncodableError for what JSON can't hold. */
export function checkpointOf(value: unknown): Payload {
  const payload = encodeValue(value);
  const [bytes, limit] = [payloadBytes(payload), DEFAULT_LIMITS.maxCheckpointBytes];
  if (bytes > limit)
    throw new RangeError(`a checkpoint is at most ${limit} bytes; this one has ${bytes}`);
  return payload;
}
