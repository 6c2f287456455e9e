/** Waits no longer than there is someone to tell. */
import type { FastifyReply } from "fastify";
import { QTasksError, type TaskHandle } from "../../../src/index.ts";

export interface WaitOptions {
  readonly timeoutMs: number;
  /** Ends the wait; the task goes on. */
  readonly signal: AbortSignal;
}

/** The result where it comes in time, else undefined. TaskFailedError where the task ended without one. */
export async function resultInTime<T>(
  handle: TaskHandle<T>,
  options: WaitOptions,
): Promise<T | undefined> {
  try {
    return await handle.result(options);
  } catch (error) {
    if (isWaitOver(error)) return undefined;
    throw error;
  }
}

/** Aborts when the client closes its connection before it has the answer. */
export function disconnect(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** STILL_RUNNING: the time is over. CALL_CANCELED: the signal has aborted. */
function isWaitOver(error: unknown): boolean {
  if (!(error instanceof QTasksError)) return false;
  return error.reason === "STILL_RUNNING" || error.reason === "CALL_CANCELED";
}
