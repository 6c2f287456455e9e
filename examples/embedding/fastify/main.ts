/**
 * The web process: `node examples/embedding/fastify/main.ts`. It runs no task; a task server does, in a process of its own:
 * `npx qtasks serve --app examples/embedding/fastify/handlers.ts`.
 *
 * PORT (3000) is where it listens, QTASKS_SERVER (127.0.0.1:50051) the gRPC address of the task server. With QTASKS_URL, such
 * as redis://127.0.0.1, it needs no task server to enqueue: it works on the same broker and storage as that one does.
 */
import { app } from "./handlers.ts";
import { buildWeb } from "./web.ts";

const { PORT = "3000", QTASKS_SERVER, QTASKS_URL } = process.env;
if (QTASKS_SERVER === undefined && QTASKS_URL === undefined)
  app.configure({ server: "127.0.0.1:50051" });

const web = await buildWeb({ logger: { level: "warn" } });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void web.close());

try {
  console.log(`web: ${await web.listen({ port: Number(PORT), host: "127.0.0.1" })}`);
} catch (error) {
  await web.close();
  throw error;
}
