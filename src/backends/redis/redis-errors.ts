/** What goes wrong at a Redis, as QTasksErrors. */
import { ReplyError } from "ioredis";
import { QTasksError, type Reason } from "../../core/errors.ts";

/** Replies that say "not now", or "not here": the same call may succeed later. */
const PASSING =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|MISCONF|NOREPLICAS|NOAUTH|WRONGPASS|NOPERM)\b/;
const RETRY_AFTER_MS = 500;

/** An error in which Redis answered, and not the connection failed. */
export function isReplyError(thrown: unknown): thrown is Error {
  return thrown instanceof ReplyError;
}

/** Redis does not know the script: it restarted, or its cache was flushed. */
export function isNoScript(thrown: unknown): boolean {
  return isReplyError(thrown) && thrown.message.startsWith("NOSCRIPT");
}

/**
 * `unavailable` for a lost connection and for replies that pass, QUEUE_FULL where a storage's Redis
 * has reached its maxmemory, INTERNAL for the rest. `place` is host and port.
 */
export function redisError(
  thrown: unknown,
  unavailable: "STORAGE_UNAVAILABLE" | "BROKER_UNAVAILABLE",
  place: string,
): QTasksError {
  if (thrown instanceof QTasksError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const make = (reason: Reason, text: string): QTasksError =>
    new QTasksError(reason, text, { cause: thrown, retryAfterMs: RETRY_AFTER_MS });
  if (!isReplyError(thrown)) return make(unavailable, `Redis at ${place} can't be reached`);
  if (message.startsWith("OOM")) {
    const full = `Redis at ${place} has reached its maxmemory: nothing is added until tasks end and are purged`;
    return make(unavailable === "STORAGE_UNAVAILABLE" ? "QUEUE_FULL" : unavailable, full);
  }
  if (PASSING.test(message)) return make(unavailable, `Redis at ${place}: ${message}`);
  return new QTasksError("INTERNAL", `Redis at ${place}: ${message}`, { cause: thrown });
}
