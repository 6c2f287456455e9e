import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, TaskFailedError, type TaskClient } from "../web/index.ts";
import { Server } from "./setup.ts";

test("errors are those of the server, with their reasons", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  using client = connect({ baseUrl: server.http });
  await assert.rejects(client.get("none"), {
    name: "QTasksError",
    reason: "TASK_NOT_FOUND",
    code: "NOT_FOUND",
    metadata: { task_id: "none" },
  });
  await assert.rejects(client.get(""), (error: { fields?: { field: string }[] }) => {
    assert.deepEqual(
      error.fields?.map(({ field }) => field),
      ["task_id"],
    );
    return true;
  });
  const failing = client.run("conformance.fail", { code: 5, type: "t.Gone", message: "gone" });
  await assert.rejects(failing, (error) => {
    assert.ok(error instanceof TaskFailedError);
    assert.deepEqual([error.code, error.type, error.failure.message], [5, "t.Gone", "gone"]);
    return true;
  });
  const handle = await client.enqueue("conformance.wait", { delay_ms: 60_000 });
  await assert.rejects(handle.result({ timeoutMs: 50 }), { reason: "STILL_RUNNING" });
  await assert.rejects(handle.result({ signal: AbortSignal.timeout(50) }), {
    reason: "CALL_CANCELED",
  });
  await handle.cancel();
});

test("without a server the address is named", async () => {
  using client = connect({ baseUrl: "http://127.0.0.1:1", patienceMs: 0 });
  const message = /no QTasks server answers at http:\/\/127\.0\.0\.1:1/;
  await Promise.all(
    [client.enqueue("a.task"), client.get("id")].map((call) =>
      assert.rejects(call, { reason: "SERVER_UNREACHABLE", message }),
    ),
  );
});

test("bad options are refused by name", () => {
  assert.throws(() => connect({ baseUrl: "127.0.0.1:8080" }), {
    message: /baseUrl: expected a URL/,
  });
  const misspelt = { baseUrl: "http://127.0.0.1:1", tokn: "t" };
  assert.throws(() => connect(misspelt), {
    reason: "CONFIG_INVALID",
    message: "connect: tokn: no such option; did you mean token?",
  });
  const open = { baseUrl: "http://tasks.example.com", token: "t" };
  assert.throws(() => connect(open), { message: /token: can't be sent .* without TLS/ });
  connect({ ...open, insecure: true }).close();
  connect({ ...open, baseUrl: "https://tasks.example.com" }).close();
  connect({ ...open, baseUrl: "http://[::1]:8080" }).close();
});

test("a token is sent with every call", async () => {
  const sent: (string | null)[] = [];
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push(new Headers(init?.headers).get("authorization"));
    return Response.json({ code: "not_found", message: "nothing here" }, { status: 404 });
  };
  using client = connect({ baseUrl: "https://tasks.example.com", token: "secret", fetch });
  await assert.rejects(client.get("id"));
  await assert.rejects(client.enqueue("a.task"));
  assert.deepEqual(sent, ["Bearer secret", "Bearer secret"]);
});

test("awaits, watches and enqueues go on over a killed server", async (t) => {
  const server = await Server.onFile(t);
  const worker = server.worker();
  const going = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  worker.task("held", () => {
    begun.resolve();
    return going.promise.then(() => "done");
  });
  await worker.start();
  using client = connect({ baseUrl: server.http });
  const handle = await client.enqueue("held");
  const awaited = handle.result();
  const watched = statesOf(client, handle.id);
  await begun.promise;
  await server.kill();
  const enqueued = client.enqueue("held");
  const asked = client.get(handle.id);
  asked.catch(() => undefined);
  await server.startAgain();
  going.resolve();
  assert.equal(await awaited, "done");
  assert.equal((await watched).at(-1), "done");
  assert.equal(await (await enqueued).result(), "done");
});

test("many awaits leave connections for other calls", async (t) => {
  const server = await Server.start(t);
  const worker = server.worker();
  const going = Promise.withResolvers<void>();
  worker.task("held", (value: number) => going.promise.then(() => value));
  await worker.start();
  let [under, most] = [0, 0];
  const fetch: typeof globalThis.fetch = async (...args) => {
    most = Math.max(most, ++under);
    return globalThis.fetch(...args).finally(() => under--);
  };
  using client = connect({ baseUrl: server.http, fetch });
  const results: Promise<unknown>[] = [];
  for (let value = 0; value < 20; value++) {
    const handle = await client.enqueue("held", value);
    results.push(handle.result());
  }
  going.resolve();
  assert.deepEqual(await Promise.all(results), [...Array(20).keys()]);
  assert.ok(most <= 4, `${most} calls at once`);
});

/** The states of a task as they come, and its result. */
async function statesOf(client: TaskClient, taskId: string): Promise<unknown[]> {
  const seen: unknown[] = [];
  const handle = client.handle(taskId);
  for await (const change of handle.watch())
    if (change.type === "task") seen.push(change.task.state);
  return [...seen, await handle.result()];
}
