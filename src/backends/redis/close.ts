/** The end of a Redis client. */
import type { Redis } from "ioredis";

const QUIT_TIMEOUT_MS = 1_000;

/** Lets what is under way be answered, for a second at the most. */
export async function quit(client: Redis): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, QUIT_TIMEOUT_MS);
  // A connection that breaks now is closed as well.
  const answered = client.quit().catch(() => undefined);
  await Promise.race([answered, late]);
  clearTimeout(timer);
}

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
