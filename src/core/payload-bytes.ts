/** How much a payload takes. */
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";

/** Bytes of a payload's body; 0 where there is none. */
export function payloadBytes(payload: Payload | undefined): number {
  const body = payload?.body;
  if (body?.case === "data") return body.value.length;
  return body?.case === "text" ? Buffer.byteLength(body.value) : 0;
}
