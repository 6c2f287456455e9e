import assert from "node:assert/strict";
import { test } from "node:test";
import { connectStub } from "../conformance/connect-stub.ts";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { grpcStub } from "../conformance/grpc-stub.ts";
import { SCENARIOS } from "../conformance/scenarios.ts";
import { openPlayer } from "../conformance/browser.ts";
import { Server } from "./setup.ts";

test("every scenario, by grpc-js and by connect-es over gRPC", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  const client = server.client();
  using grpc = grpcStub(server.grpc);
  const connect = connectStub(createGrpcTransport({ baseUrl: `http://${server.grpc}` }));
  for (const [name, scenario] of Object.entries(SCENARIOS))
    for (const stub of [grpc, connect])
      await t.test(name, async () => {
        const facts = Object.values(await scenario({ client, stub }));
        assert.ok(facts.length > 0 && facts.every(Boolean), JSON.stringify(facts));
      });
});

test("every scenario in a browser", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  const player = await openPlayer(server.http);
  t.after(() => player.close());
  for (const name of Object.keys(SCENARIOS))
    await t.test(name, async () => {
      const facts = Object.values(await player.play(name));
      assert.ok(facts.length > 0 && facts.every(Boolean), JSON.stringify(facts));
    });
});

test("the program: a worker that drains, a client, a benchmark, and what it refuses", async (t) => {
  const server = await Server.start(t);
  const worker = server.program("worker");
  await worker.waitForLine(/^ready$/);
  const { stdout } = await server.program("client", "json").finished;
  assert.match(stdout, /^\{"scenario":"json","task_id":"[0-9a-f-]{36}"\}\n$/);

  const handle = await server.client().enqueue("conformance.wait", { delay_ms: 300 });
  for await (const { type } of handle.watch({ events: true })) if (type === "event") break;
  worker.kill("SIGTERM");
  assert.deepEqual(await handle.result(), { attempt: 1, pid: worker.pid });
  assert.equal((await worker.exit).code, 0);

  const bench = await server.program("bench", "2000").finished;
  assert.match(
    bench.stdout,
    /^\{"batch":500,"enqueue_per_second":\d+,"tasks_per_second":\d+\}\n$/,
    bench.stderr,
  );
  const played = await server.program("browser", "missing").finished;
  assert.equal(played.code, 1);
  assert.match(played.stderr, /no scenario of browsers is called "missing"/);
  const refused = await server.program("client", "nothing").finished;
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /no scenario is called "nothing"/);
});
