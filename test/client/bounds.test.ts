import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../src/client/connect.ts";
import type { TaskClient } from "../../src/client/client.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { memoryApp } from "../app/memory-app.ts";

/** A client of a server that takes connections and never says a word. */
async function unanswered(t: TestContext): Promise<TaskClient> {
  const server = createServer();
  const sockets = new Set<{ destroy(): void }>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connect({ address: `127.0.0.1:${port}` });
  t.after(() => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return client;
}

/** A client of a port where nobody listens. */
function unreachable(t: TestContext): TaskClient {
  const client = connect({ address: "127.0.0.1:1" });
  t.after(() => client.close());
  return client;
}

async function measured(call: () => Promise<unknown>): Promise<{ error: unknown; ms: number }> {
  const startedAt = performance.now();
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, ms: performance.now() - startedAt };
}

for (const [what, clientOf] of [
  ["nobody listens", async (t: TestContext) => unreachable(t)],
  ["nobody answers", unanswered],
] as const) {
  test(`a run ends within its timeout where ${what}`, async (t) => {
    const client = await clientOf(t);
    // The second one finds the first under way, and goes another way.
    const runs = [1, 2].map(() => measured(() => client.run("t", null, { timeoutMs: 400 })));
    for (const { error, ms } of await Promise.all(runs)) {
      assert.ok(error instanceof QTasksError);
      assert.equal(error.reason, "SERVER_UNREACHABLE");
      assert.match(error.metadata["task_id"] ?? "no id", /^[0-9a-f-]{36}$/);
      assert.ok(ms >= 300 && ms < 3_000, `${ms} ms`);
    }
  });

  test(`an enqueue ends with its patience or its signal where ${what}`, async (t) => {
    const client = await clientOf(t);
    const impatient = await measured(() =>
      client.enqueue("t", null, { patienceMs: 300, taskId: "mine" }),
    );
    assert.ok(impatient.error instanceof QTasksError);
    assert.equal(impatient.error.reason, "SERVER_UNREACHABLE");
    assert.equal(impatient.error.metadata["task_id"], "mine");
    assert.ok(impatient.ms < 3_000, `${impatient.ms} ms`);
    const signal = AbortSignal.timeout(100);
    const canceled = await measured(() => client.enqueue("t", null, { signal }));
    assert.ok(canceled.error instanceof QTasksError);
    assert.equal(canceled.error.reason, "CALL_CANCELED");
    assert.ok(canceled.ms < 3_000, `${canceled.ms} ms`);
    const late = await measured(() => client.enqueue("t", null, { signal }));
    assert.ok(late.error instanceof QTasksError);
    assert.equal(late.error.reason, "CALL_CANCELED");
  });
}

test("an enqueue that nobody acknowledges names the address, and why where that is known", async (t) => {
  const silent = await measured(async () =>
    (await unanswered(t)).enqueue("t", null, { patienceMs: 200 }),
  );
  assert.match(
    (silent.error as QTasksError).message,
    /^no server at 127\.0\.0\.1:\d+ has acknowledged the task \S+ within 200 ms; it may be/,
  );
  // Longer than gRPC goes on by itself.
  const refused = await measured(() => unreachable(t).enqueue("t", null, { patienceMs: 2_500 }));
  const { message, reason, metadata } = refused.error as QTasksError;
  assert.equal(reason, "SERVER_UNREACHABLE");
  assert.equal(metadata["address"], "127.0.0.1:1");
  assert.match(
    message,
    /within 2500 ms: no QTasks server answers at 127\.0\.0\.1:1 \(connect ECONNREFUSED 127\.0\.0\.1:1\); it may/,
  );
});

test("a run that is too short says so whether or not another one is under way", async (t) => {
  const app = memoryApp(t);
  const slow = app.task("slow", () => sleep(200));
  await app.start({ server: false });
  const runs = [0, 0, 20, 20].map((timeoutMs) => slow.run(undefined, { timeoutMs }));
  for (const run of await Promise.allSettled(runs)) {
    assert.ok(run.status === "rejected");
    assert.equal((run.reason as QTasksError).reason, "STILL_RUNNING");
  }
  const late = slow.run(undefined, { timeoutMs: Number("soon") });
  await assert.rejects(late, { reason: "FIELD_VIOLATION", message: /^timeoutMs: .* not NaN$/ });
});

test("what a hook around enqueues never ends is over with the caller's own time", async (t) => {
  const app = memoryApp(t);
  const never = () => new Promise<never>(() => {});
  app.use({ name: "stuck", install: ({ hook }) => hook("app.enqueue", never) });
  const task = app.task("t", () => 1);
  await app.start({ server: false });
  for (const call of [
    () => task.run(undefined, { timeoutMs: 100 }),
    () => task.enqueue(undefined, { patienceMs: 100 }),
  ]) {
    const { error, ms } = await measured(call);
    assert.equal((error as QTasksError).reason, "SERVER_UNREACHABLE");
    assert.ok(ms < 5_000, `${ms} ms`);
  }
  const signal = AbortSignal.timeout(50);
  await assert.rejects(task.run(undefined, { signal }), { reason: "CALL_CANCELED" });
});
