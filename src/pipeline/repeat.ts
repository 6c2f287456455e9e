/** Repeats of calls to a datastore that was out of reach for a moment. */
import { setTimeout as delay } from "node:timers/promises";
import { QTasksError } from "../core/errors.ts";

/** Waits between the tries, in ms: about three seconds in all, as long as a restart takes. */
const WAITS_MS = [20, 50, 100, 200, 400, 800, 1_500];

/**
 * Calls until the datastore answers, at most eight times. Every write of the contracts may be repeated, so
 * a try whose answer got lost does no harm. The last error goes to the caller.
 */
export async function repeat<T>(call: () => Promise<T>): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await call();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await delay(waitMs);
    }
  }
  return call();
}

function isUnreachable(error: unknown): boolean {
  return (
    error instanceof QTasksError &&
    (error.reason === "STORAGE_UNAVAILABLE" || error.reason === "BROKER_UNAVAILABLE")
  );
}
