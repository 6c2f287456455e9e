/** What a call to the target tells of its task. */
import type { Metadata } from "@grpc/grpc-js";
import { TASK_ID_KEY } from "../core/call-keys.ts";
import type { HandlerContext } from "../worker/context.ts";

/** Keys that are the connection's or gRPC's own, or the bridge's. */
const RESERVED =
  /^(:.*|grpc-.*|qtasks-.*|connection|content-type|host|keep-alive|proxy-connection|te|transfer-encoding|upgrade|user-agent|http2-settings)$/;

/**
 * The task's headers, its id, the number of the attempt and the fencing token. Values of keys that end in `-bin` are
 * base64. Headers that metadata can't carry are left out.
 */
export function callMetadata(base: Metadata, context: HandlerContext): Metadata {
  for (const [key, value] of Object.entries(context.headers)) addHeader(base, key, value);
  base.set(TASK_ID_KEY, context.taskId);
  base.set("qtasks-attempt", String(context.attempt));
  base.set("qtasks-fencing-token", String(context.fencingToken));
  return base;
}

function addHeader(metadata: Metadata, name: string, value: string): void {
  const key = name.toLowerCase();
  if (RESERVED.test(key)) return;
  try {
    metadata.add(key, key.endsWith("-bin") ? Buffer.from(value, "base64") : value);
  } catch {
    // Beyond ASCII, or no name: no gRPC call can have it.
  }
}
