/** The end of a Redis client. */
import type { Redis } from "ioredis";

/** Ends a client for good and waits until its socket is gone. */
export async function close(client: Redis): Promise<void> {
  if (client.status === "end") return;
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once("end", resolve);
  const hasSocket = client.status !== "reconnecting" && client.status !== "wait";
  client.disconnect();
  // While it waits to reconnect there is no socket whose end would tell.
  if (!hasSocket) resolve();
  await promise;
}
