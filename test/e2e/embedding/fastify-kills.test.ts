import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { clientOf } from "../serve.ts";
import { FastifyScene, REACHES, untilRunning } from "./fastify-web.ts";
import { call, itemsFor, type Web } from "./web.ts";

// A task that its server left behind runs again when its lease is over, which takes up to half a minute.
const LATER = "?waitMs=60000";

for (const reach of REACHES)
  describe(`after kill -9 the result is there, ${reach}`, { concurrency: true }, () => {
    test("for the next web process, though the task server was killed as well", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const answer = begin(web, "outlives-both");
      await untilRunning(web, "outlives-both");
      web.process.kill("SIGKILL");
      await assert.rejects(answer, /fetch failed/);
      await scene.killServer();
      const [next] = await Promise.all([scene.startWeb(), scene.restartServer()]);
      const later = await call(next, `/tasks/outlives-both${LATER}`);
      assert.deepEqual([later.status, later.body["total"]], [200, 60]);
      const task = await clientOf(t, scene.server).get("outlives-both");
      assert.equal(task.lostLeaseCount, 1);
    });

    test("for the request that waits, while the task server is killed and started again", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const answer = begin(web, "waits-on");
      await untilRunning(web, "waits-on");
      await scene.killServer();
      await scene.restartServer();
      const { status, body } = await answer;
      assert.deepEqual([status, body["total"]], [200, 60]);
    });
  });

/** A quote that takes three seconds, and an answer that may take a minute. */
function begin(web: Web, key: string): ReturnType<typeof call> {
  const headers = { "idempotency-key": key };
  return call(web, `/quotes${LATER}`, { body: { items: itemsFor(30) }, headers });
}
