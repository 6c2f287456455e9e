/** Ports for processes and proxies that come and go, and must come back where they were. */
import { once } from "node:events";
import { createServer } from "node:net";

// Below what systems hand out by themselves: a port that is free for a moment is not taken by somebody's connection.
const LEAST = 12_000;
const MOST = 30_000;
const TRIES = 200;

/** A port of loopback where nothing listens, fit to be used again after restarts. */
export async function claimPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = LEAST + Math.floor(Math.random() * (MOST - LEAST));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LEAST} and ${MOST}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
