/** Waits no longer than there is someone to tell. */
import type { FastifyReply } from "fastify";
import { QTasksError, type TaskHandle } from "../../../src/index.ts";

/** How a wait ended: with the task's result, or before the task did. */
export type Waited<T> = { readonly ended: true; readonly result: T } | { readonly ended: false };

export interface WaitFor {
  readonly timeoutMs: number;
  /** Ends the wait; the task goes on. */
  readonly signal: AbortSignal;
}

/** The result, where it comes in time. TaskFailedError where the task ended without one. */
export async function waitFor<T>(handle: TaskHandle<T>, options: WaitFor): Promise<Waited<T>> {
  try {
    return { ended: true, result: await handle.result(options) };
  } catch (error) {
    if (isWaitOver(error)) return { ended: false };
    throw error;
  }
}

/** How long the task server may take to accept a task, in ms; the client of QTasks would try on for half a minute. */
const ENQUEUE_MS = 5_000;

/** The task, once it is durable; SERVER_UNREACHABLE where that takes too long, or where the signal ends it. */
export async function enqueued<T>(
  enqueuing: Promise<TaskHandle<T>>,
  signal: AbortSignal,
): Promise<TaskHandle<T>> {
  const over = AbortSignal.any([AbortSignal.timeout(ENQUEUE_MS), signal]);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message = "it is not known whether the task came to be";
  const end = (): void => reject(new QTasksError("SERVER_UNREACHABLE", message));
  over.addEventListener("abort", end, { once: true });
  if (over.aborted) end();
  try {
    return await Promise.race([enqueuing, late]);
  } finally {
    over.removeEventListener("abort", end);
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

function isWaitOver(error: unknown): boolean {
  return (
    error instanceof QTasksError &&
    (error.reason === "STILL_RUNNING" || error.reason === "CALL_CANCELED")
  );
}
