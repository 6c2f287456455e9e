/** A task's changes as server-sent events, for `new EventSource("/tasks/ID/events")` in a page. */
import type { Response } from "express";
import { TaskView, type TaskHandle } from "../../../src/index.ts";
import { taskBody } from "./task-body.ts";

/**
 * Sends `change` for the task as it is and for each change of it, then `end`, at which a page closes its EventSource. A
 * client that leaves, or the signal, ends the events and not the task; one that comes again starts from the task as it is.
 */
export async function sendEvents(
  response: Response,
  handle: TaskHandle,
  signal: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const over = AbortSignal.any([gone.signal, signal]);
  // What can't be watched is answered as an error, before the stream begins.
  await handle.get({ view: TaskView.BASIC });
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  try {
    for await (const change of handle.watch({ view: TaskView.FULL, signal: over })) {
      if (change.type !== "task") continue;
      const body = taskBody(change.task);
      response.write(`event: ${body.ended ? "end" : "change"}\ndata: ${JSON.stringify(body)}\n\n`);
    }
  } catch (error) {
    if (!over.aborted) throw error;
  } finally {
    response.end();
  }
}
