/** What an app's codecs make of payloads on their way out and in. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";

export type MapPayload = (payload: Payload) => Payload;

/** Both throw for what they can't do. */
export interface PayloadHooks {
  readonly encode: MapPayload;
  readonly decode: MapPayload;
}
