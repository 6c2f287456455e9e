import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { app as expressApp } from "../../../examples/embedding/express/handlers.ts";
import { shutDown } from "../../../examples/embedding/express/shutdown.ts";
import { buildWeb as buildExpress } from "../../../examples/embedding/express/web.ts";
import { app as fastifyApp } from "../../../examples/embedding/fastify/handlers.ts";
import { buildWeb as buildFastify } from "../../../examples/embedding/fastify/web.ts";
import { QueueTasks } from "../../../src/index.ts";
import { assertNoLeaks } from "../../support/leaks.ts";
import { tempFolder } from "../../support/temp.ts";

const TIMES = 20;
const SIGNALS = ["SIGTERM", "SIGINT", "uncaughtException", "unhandledRejection"] as const;

describe(`started and stopped ${TIMES} times, in this process`, () => {
  test("Fastify leaves nothing open and touches no signal", async () => {
    const url = `sqlite:${tempFolder()}/tasks.db`;
    fastifyApp.configure({ url });
    fastifyApp.logger.level = "silent";
    // A start of the app itself, so that its task is defined.
    await fastifyApp.start({ server: false, worker: true });
    await fastifyApp.stop();
    await leavesNothing(async () => {
      const web = await buildFastify();
      await web.ready();
      const payload = { items: ["bolt"] };
      const { statusCode } = await web.inject({ method: "POST", url: "/quotes?waitMs=0", payload });
      assert.equal(statusCode, 202);
      await web.close();
      await isFree(url);
    });
  });

  test("Express leaves nothing open and touches no signal", async () => {
    expressApp.configure({ url: "memory:", grpc: "127.0.0.1:0", http: "127.0.0.1:0" });
    expressApp.logger.level = "silent";
    await leavesNothing(async () => {
      const closing = new AbortController();
      await expressApp.start();
      const server = createServer(buildExpress(expressApp, closing.signal)).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const headers = { "content-type": "application/json", connection: "close" };
      const body = JSON.stringify({ rows: 100 });
      const begun = await fetch(`${url}/exports`, { method: "POST", headers, body });
      const { events } = (await begun.json()) as { events: string };
      const stream = await fetch(url + events, { headers: { connection: "close" } });
      assert.match(await stream.text(), /event: end/);
      await shutDown({ server, app: expressApp, closing });
    });
  });
});

/** Another app can have the file: BACKEND_LOCKED otherwise. */
async function isFree(url: string): Promise<void> {
  const other = new QueueTasks({ url, logLevel: "silent" });
  await other.client();
  await other.stop();
}

/** Once before it is looked at, for what a first use leaves by design. */
async function leavesNothing(startAndStop: () => Promise<void>): Promise<void> {
  await startAndStop();
  const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal));
  const before = listeners();
  await assertNoLeaks(async () => {
    for (let time = 0; time < TIMES; time++) await startAndStop();
  });
  assert.deepEqual(listeners(), before);
}
