/** Durable calls by stock stubs of connect-es: a call that names its task can be repeated. */
import type { Interceptor, UnaryRequest, UnaryResponse } from "@connectrpc/connect";

import { checkWait } from "../core/check-wait.ts";
import { uuidv7 } from "../core/ids.ts";
import { TASK_ID_KEY } from "../core/call-keys.ts";
import { DEFAULT_PATIENCE_MS } from "./client-options.ts";
import { Backoff } from "./patience.ts";
import { isRepeatable } from "./repeatable.ts";
import { isUnavailable } from "./transport-error.ts";

export interface TaskIdsOptions {
  /** How long a unary call is repeated while no server answers, in ms. @default 30000 */
  readonly patienceMs?: number;
}

type Next = (request: UnaryRequest) => Promise<UnaryResponse>;

/** As gRPC's own policy for QTasks' services: four attempts within about a second. */
const SAFE_PATIENCE_MS = 1_000;

/**
 * Gives each call a task id where it has none, and repeats a unary one while the server is away, so that it survives
 * its connection and the server. For transports whose stubs call methods that are tasks. FIELD_VIOLATION for a patience
 * that is no number.
 */
export function taskIds(options: TaskIdsOptions = {}): Interceptor {
  const { patienceMs = DEFAULT_PATIENCE_MS } = options;
  checkWait("patienceMs", patienceMs);
  return (next) => (request) => {
    if (!request.header.has(TASK_ID_KEY)) request.header.set(TASK_ID_KEY, uuidv7());
    return request.stream ? next(request) : repeated(next as Next, request, patienceMs);
  };
}

/** Repeats the unary calls to QTasks' services whose repeat is harmless: connect-es has no policy for that. */
export function repeatsSafely(): Interceptor {
  return (next) => (request) =>
    request.stream || !isRepeatable(request.method)
      ? next(request)
      : repeated(next as Next, request, SAFE_PATIENCE_MS);
}

async function repeated(
  next: Next,
  request: UnaryRequest,
  patienceMs: number,
): Promise<UnaryResponse> {
  const backoff = new Backoff();
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await next(request);
    } catch (thrown) {
      if (request.signal.aborted || !isUnavailable(thrown) || performance.now() >= giveUpAt)
        throw thrown;
      await backoff.wait(request.signal);
    }
  }
}
