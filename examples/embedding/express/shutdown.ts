/** The end of this process, which is the program's business: QTasks touches no signal by itself. */
import type { Server } from "node:http";
import type { QueueTasks } from "../../../src/index.ts";

export interface Running {
  readonly server: Server;
  readonly app: QueueTasks;
  /** Of the streams of events, which would go on as long as their tasks. */
  readonly closing: AbortController;
}

/** Takes no more requests, answers those under way, then lets handlers finish and gives back what they can't. */
export async function shutDown({ server, app, closing }: Running): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closing.abort();
  await closed;
  await app.stop();
}
