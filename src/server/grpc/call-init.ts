/** What grpc-js knows of a call, as our calls see it. */
import type { Deadline, Metadata } from "@grpc/grpc-js";

import type { Call } from "../call.ts";
import type { Calls } from "../calls.ts";
import { callCanceled, deadlinePassed } from "../errors.ts";

/** `package.Service/Method`, the metadata of the request, and its deadline. */
export interface Incoming {
  readonly method: string;
  readonly metadata: Metadata;
  readonly deadline: Deadline;
}

/** Opens the call. Its listener {@link cancel}s it when the caller does, or when its deadline has passed. */
export function openCall(calls: Calls, { method, metadata, deadline }: Incoming): Call {
  const deadlineAt = Number(deadline);
  return calls.open({
    method,
    deadlineAt: Number.isFinite(deadlineAt) ? deadlineAt : undefined,
    readHeaders: () => headersOf(metadata),
  });
}

/** To be told of each end: after success too, when the call is finished and takes no notice. */
export function cancel(call: Call): void {
  call.abort(() => reasonOf(call));
}

function reasonOf({ deadlineAt }: Call) {
  return deadlineAt !== undefined && Date.now() >= deadlineAt ? deadlinePassed() : callCanceled();
}

function headersOf(metadata: Metadata): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const key of Object.keys(metadata.getMap())) {
    if (!key.endsWith("-bin")) headers.set(key, metadata.get(key).join(", "));
  }
  return headers;
}
