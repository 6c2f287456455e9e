/** What grpc-js knows of a call, as our calls see it. */
import type { DescMethod } from "@bufbuild/protobuf";
import type { Deadline, Metadata } from "@grpc/grpc-js";

import type { Call } from "../call.ts";
import type { Calls } from "../calls.ts";
import { callCanceled, deadlinePassed } from "../errors.ts";

interface Incoming {
  readonly metadata: Metadata;
  getDeadline(): Deadline;
  once(event: "cancelled", listener: () => void): unknown;
}

/** Opens the call and aborts it when the caller cancels or its deadline passes. */
export function openCall(calls: Calls, method: DescMethod, incoming: Incoming): Call {
  const call = calls.open({
    method: `${method.parent.typeName}/${method.name}`,
    deadlineAt: deadlineAt(incoming),
    readHeaders: () => headersOf(incoming.metadata),
  });
  // Fires after success too; the call is finished by then and takes no notice.
  incoming.once("cancelled", () => call.abort(() => reasonOf(call)));
  return call;
}

function reasonOf({ deadlineAt }: Call) {
  return deadlineAt !== undefined && Date.now() >= deadlineAt ? deadlinePassed() : callCanceled();
}

function deadlineAt(incoming: Incoming): number | undefined {
  const deadline = Number(incoming.getDeadline());
  return Number.isFinite(deadline) ? deadline : undefined;
}

function headersOf(metadata: Metadata): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const key of Object.keys(metadata.getMap())) {
    if (!key.endsWith("-bin")) headers.set(key, metadata.get(key).join(", "));
  }
  return headers;
}
