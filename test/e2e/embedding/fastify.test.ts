import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { stateName } from "../../../src/client/index.ts";
import { BACKENDS, clientOf } from "../serve.ts";
import { FastifyScene, REACHES, untilRunning } from "./fastify-web.ts";
import { call, EMBEDDING, itemsFor, startWeb } from "./web.ts";

/** Nobody listens there. */
const AWAY = "127.0.0.1:1";

for (const reach of REACHES)
  describe(`a web process of Fastify that reaches its task server ${reach}`, () => {
    test("answers with the result, or with a link to it where that takes too long", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const quick = await call(web, "/quotes", { body: { items: ["bolt", "door"] } });
      assert.equal(quick.status, 200);
      assert.deepEqual(quick.body, { prices: { bolt: 2, door: 120 }, total: 122 });

      const slow = await call(web, "/quotes?waitMs=100", { body: { items: itemsFor(30) } });
      const { taskId, link } = slow.body;
      assert.equal(slow.status, 202);
      assert.equal(link, `/tasks/${String(taskId)}`);
      assert.equal(slow.headers.get("location"), link);
      const later = await call(web, `${String(link)}`);
      assert.equal(later.status, 202);
      assert.match(String(later.body["state"]), /^(PENDING|RUNNING)$/);
      const result = await call(web, `${String(link)}?waitMs=20000`);
      assert.deepEqual([result.status, result.body["total"]], [200, 60]);
    });

    test("says how a task failed, and keeps our internals to itself", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const unknown = await call(web, "/quotes", { body: { items: ["unicorn"] } });
      const { taskId } = unknown.body;
      assert.equal(unknown.status, 422);
      const message = "nobody sells unicorn";
      assert.deepEqual(unknown.body, { error: "quotes.UnknownItem", message, taskId });
      const again = await call(web, `/tasks/${String(taskId)}`);
      assert.deepEqual([again.status, again.body], [422, unknown.body]);

      const broken = await call(web, "/quotes", { body: { items: ["safe"] } });
      assert.equal(broken.status, 500);
      assert.equal(broken.body["error"], "TASK_FAILED");
      assert.doesNotMatch(JSON.stringify(broken.body), /supplier/);

      const canceled = await call(web, "/quotes?waitMs=0", { body: { items: itemsFor(100) } });
      const client = clientOf(t, scene.server);
      await client.cancel(String(canceled.body["taskId"]));
      const after = await call(web, `${String(canceled.body["link"])}?waitMs=20000`);
      assert.deepEqual([after.status, after.body["error"]], [409, "TASK_CANCELED"]);
    });

    test("knows no task of another kind", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const other = await clientOf(t, scene.server).enqueue("primes.count", { below: 10 });
      for (const id of ["none", other.id]) {
        const { status, body } = await call(web, `/tasks/${id}`);
        assert.deepEqual([status, body["error"]], [404, "TASK_NOT_FOUND"]);
      }
    });

    test("lets the task of a client that left go on, unless that was not wanted", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const client = clientOf(t, scene.server);
      const leave = async (taskId: string, query: string): Promise<string> => {
        const left = new AbortController();
        const answer = call(web, `/quotes?waitMs=30000&${query}`, {
          body: { items: itemsFor(30) },
          headers: { "idempotency-key": taskId },
          signal: left.signal,
        });
        const refused = assert.rejects(answer, { name: "AbortError" });
        await untilRunning(web, taskId);
        left.abort();
        await refused;
        return stateName((await client.handle(taskId).done({ timeoutMs: 30_000 })).state);
      };
      assert.equal(await leave("goes-on", ""), "SUCCEEDED");
      assert.equal(await leave("is-canceled", "onDisconnect=cancel"), "CANCELED");
    });

    test("beside another one finds the same task by its key", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const webs = await Promise.all([scene.startWeb(), scene.startWeb()]);
      const init = { body: { items: itemsFor(5) }, headers: { "idempotency-key": "both" } };
      const answers = await Promise.all(webs.map((web) => call(web, "/quotes", init)));
      assert.deepEqual(
        answers.map(({ status, body }) => [status, body["total"]]),
        [
          [200, 10],
          [200, 10],
        ],
      );
      const { count } = await clientOf(t, scene.server).count({ names: ["quotes.make"] });
      assert.equal(count, 1n);

      const [one, other] = webs;
      const begun = await call(one, "/quotes?waitMs=0", { body: { items: itemsFor(5) } });
      const link = `${String(begun.body["link"])}?waitMs=20000`;
      assert.equal((await call(other, link)).body["total"], 10);
    });

    test("that ends in order answers who waits with a link, and leaves nothing open", async (t) => {
      const scene = await FastifyScene.start(t, reach);
      const web = await scene.startWeb();
      const waiting = call(web, "/quotes?waitMs=30000", {
        body: { items: itemsFor(50) },
        headers: { "idempotency-key": "later" },
      });
      await untilRunning(web, "later");
      web.process.kill("SIGTERM");
      assert.deepEqual((await waiting).body, { taskId: "later", link: "/tasks/later" });
      assert.deepEqual(await web.process.exit, { code: 0, signal: null });
      const next = await scene.startWeb();
      assert.equal((await call(next, "/tasks/later?waitMs=20000")).body["total"], 100);
    });
  });

test("a broker that no task server has been at yet is answered with 503", async (t) => {
  const url = await BACKENDS["redis"]!();
  const web = await startWeb(t, join(EMBEDDING, "fastify/main.ts"), { QTASKS_URL: url });
  const { status, headers, body } = await call(web, "/quotes", { body: { items: ["bolt"] } });
  assert.deepEqual([status, body["error"]], [503, "DEFINITION_NOT_FOUND"]);
  assert.equal(headers.get("retry-after"), "1");
});

test("a task server that is away is answered with 503, and keeps no process from its end", async (t) => {
  const web = await startWeb(t, join(EMBEDDING, "fastify/main.ts"), { QTASKS_SERVER: AWAY });
  const init = { body: { items: ["bolt"] } };
  const { status, headers, body } = await call(web, "/quotes", init);
  const message = "send it again later";
  assert.deepEqual([status, body], [503, { error: "SERVER_UNREACHABLE", message }]);
  assert.equal(headers.get("retry-after"), "1");

  const waiting = call(web, "/quotes", init);
  // With this answer, the request before has arrived as well.
  await call(web, "/tasks/none");
  web.process.kill("SIGTERM");
  assert.equal((await waiting).status, 503);
  assert.deepEqual(await web.process.exit, { code: 0, signal: null });
});

test("bad input is answered with 400 and the fields that are wrong", async (t) => {
  const web = await (await FastifyScene.start(t, "by gRPC address")).startWeb();
  const cases: readonly (readonly [body: unknown, path: string, field: string | undefined])[] = [
    [{}, "/quotes", "body.items"],
    [{ items: [] }, "/quotes", "body.items"],
    [{ items: ["bolt", {}] }, "/quotes", "body.items.1"],
    [{ items: ["bolt"] }, "/quotes?waitMs=-1", "querystring.waitMs"],
    [{ items: ["bolt"] }, "/quotes?waitMs=soon", "querystring.waitMs"],
    [{ items: ["bolt"] }, "/quotes?onDisconnect=panic", "querystring.onDisconnect"],
    ["{", "/quotes", undefined],
    [undefined, "/tasks/a%20b", "params.id"],
  ];
  for (const [body, path, field] of cases) {
    const answer = await call(web, path, { body });
    const fields = (answer.body["fields"] ?? []) as readonly { readonly field: string }[];
    assert.deepEqual([answer.status, fields[0]?.field], [400, field], path);
  }
  const headers = { "idempotency-key": "a b" };
  const { status, body } = await call(web, "/quotes", { body: { items: ["bolt"] }, headers });
  assert.equal(status, 400);
  assert.match(JSON.stringify(body), /headers\.idempotency-key/);
});
