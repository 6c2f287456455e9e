/**
 * One process for all: `node examples/embedding/express/main.ts` serves the routes, is a task server and runs the tasks.
 *
 * PORT (3000) is where the routes are; QTASKS_URL (sqlite:./qtasks.db) keeps the tasks. QTASKS_GRPC (127.0.0.1:50051) and
 * QTASKS_HTTP (127.0.0.1:8080) are where the command line, and other programs, reach the task server; false: nowhere.
 */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { app } from "./handlers.ts";
import { shutDown } from "./shutdown.ts";
import { buildWeb } from "./web.ts";

const closing = new AbortController();
await app.start({ server: true, worker: true });

const server = createServer(buildWeb(app, closing.signal));
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.once(signal, () => void shutDown({ server, app, closing }));

server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
try {
  await once(server, "listening");
  console.log(`web: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
} catch (error) {
  await app.stop();
  throw error;
}
