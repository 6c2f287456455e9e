/** What connect-node knows of a call, as our calls see it. */
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type HandlerContext } from "@connectrpc/connect";

import { methodTaskName } from "../../core/task-method.ts";
import type { Call } from "../call.ts";
import type { Calls } from "../calls.ts";
import { callCanceled, deadlinePassed } from "../errors.ts";

/** Opens the call and aborts it when the caller is gone or its deadline passes. */
export function openCall(calls: Calls, method: DescMethod, context: HandlerContext): Call {
  const timeoutMs = context.timeoutMs();
  const call = calls.open({
    method: methodTaskName(method),
    deadlineAt: timeoutMs === undefined ? undefined : Date.now() + timeoutMs,
    readHeaders: () => headersOf(context.requestHeader),
  });
  const abort = () => call.abort(() => reasonOf(context.signal));
  // Aborts after success too; the call is finished by then and takes no notice.
  if (context.signal.aborted) abort();
  else context.signal.addEventListener("abort", abort, { once: true });
  return call;
}

function reasonOf({ reason }: AbortSignal) {
  const late = reason instanceof ConnectError && reason.code === Code.DeadlineExceeded;
  return late ? deadlinePassed() : callCanceled();
}

function headersOf(headers: Headers): ReadonlyMap<string, string> {
  return new Map([...headers].filter(([name]) => !name.endsWith("-bin")));
}
