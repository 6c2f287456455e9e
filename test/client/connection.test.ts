import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";

import { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import { connect } from "../../src/client/connect.ts";
import { openChannel } from "../../src/client/channel.ts";
import { grpcCalls } from "../../src/client/grpc-calls.ts";
import { QTasksError } from "../../src/core/errors.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { startToy } from "../server/toy.ts";
import { FakeTasks } from "./fake-tasks.ts";

test("without a server: SERVER_UNREACHABLE with the address, soon", async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const client = connect({ address, patienceMs: 0 });
  const startedAt = performance.now();
  for (const call of [() => client.get("t"), () => client.enqueue("a")]) {
    await assert.rejects(call, (error) => {
      assert.ok(error instanceof QTasksError);
      assert.equal(error.reason, "SERVER_UNREACHABLE");
      assert.ok(error.message.includes(address), error.message);
      return true;
    });
  }
  assert.ok(performance.now() - startedAt < 10_000);
  client.close();
});

test("enqueues and awaits outlive a restart of the server", async (t) => {
  const fake = new FakeTasks();
  const first = await startToy(t, fake.functions);
  const client = connect({ address: first.grpcAddress });
  t.after(() => client.close());
  await client.enqueue("a", 1, { taskId: "before" });
  const result = client.handle("before").result();
  await first.server.stop();
  const during = client.enqueue("a", 2, { taskId: "during" });
  await startToy(t, fake.functions, { grpc: first.grpcAddress });
  assert.equal((await during).id, "during");
  fake.succeed("before", "survived");
  assert.equal(await result, "survived");
});

test("errors keep reason, fields, metadata and delay", async (t) => {
  const { grpcAddress } = await startToy(t, {
    getTask: async () => {
      throw new QTasksError("QUEUE_FULL", "queue q is full: ä", {
        fields: [{ field: "spec.options.queue", description: "has 10 of 10 tasks" }],
        metadata: { queue: "q" },
        retryAfterMs: 1_500,
      });
    },
  });
  const client = connect({ address: grpcAddress });
  t.after(() => client.close());
  await assert.rejects(client.get("t"), (error) => {
    assert.ok(error instanceof QTasksError);
    assert.equal(error.reason, "QUEUE_FULL");
    assert.equal(error.message, "queue q is full: ä");
    assert.deepEqual(error.fields, [
      { field: "spec.options.queue", description: "has 10 of 10 tasks" },
    ]);
    assert.deepEqual({ ...error.metadata }, { queue: "q" });
    assert.equal(error.retryAfterMs, 1_500);
    return true;
  });
});

test("a token is sent with every call", async (t) => {
  const fake = new FakeTasks();
  fake.put({ taskId: "t" });
  const { grpcAddress } = await startToy(t, fake.functions, { token: "secret" });
  for (const [token, reason] of [
    ["secret", undefined],
    ["wrong", "TOKEN_INVALID"],
    [undefined, "TOKEN_INVALID"],
  ] as const) {
    const client = connect({ address: grpcAddress, token });
    const thrown: unknown = await client.get("t").then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.equal(thrown instanceof QTasksError ? thrown.reason : undefined, reason);
    client.close();
  }
});

test("a deadline and an abort end a call", async (t) => {
  const { grpcAddress } = await startToy(t, { getTask: () => new Promise(() => undefined) });
  const client = connect({ address: grpcAddress });
  t.after(() => client.close());
  const reasonOf = (thrown: unknown) => thrown instanceof QTasksError && thrown.reason;
  await assert.rejects(
    client.get("t", { timeoutMs: 50 }),
    (thrown) => reasonOf(thrown) === "STILL_RUNNING",
  );
  const abort = new AbortController();
  const aborted = client.get("t", { signal: abort.signal });
  abort.abort();
  await assert.rejects(aborted, (thrown) => reasonOf(thrown) === "CALL_CANCELED");
});

test("calls of any service work over a channel", async (t) => {
  const fake = new FakeTasks();
  const { grpcAddress } = await startToy(t, fake.functions);
  const channel = openChannel({ address: grpcAddress });
  t.after(() => channel.close());
  const calls = grpcCalls(TaskService, channel);
  assert.equal((await calls.countTasks({})).count, 0n);
});

test("bad addresses and tokens in clear text are refused at once", () => {
  for (const address of ["", "localhost", "http://localhost:1", "localhost:0", "a b:1", "x:70000"])
    assert.throws(() => openChannel({ address }), /address: expected HOST:PORT/);
  const init = { address: "tasks.example.com:50051", token: "secret" };
  assert.throws(() => openChannel(init), /token: .*without TLS/);
  openChannel({ ...init, insecure: true }).close();
  openChannel({ ...init, tls: true }).close();
});

test("a client that is closed while it still connects leaves nothing behind, whenever that is", async (t) => {
  const { grpcAddress } = await startToy(t, new FakeTasks().functions);
  await assertNoLeaks(async () => {
    for (let turns = 0; turns < 12; turns++) {
      const client = connect({ address: grpcAddress });
      const counted = client.count().catch(() => undefined);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      client.close();
      await counted;
    }
  });
});

test("a closed client leaves nothing behind", async (t) => {
  const fake = new FakeTasks();
  const { grpcAddress } = await startToy(t, fake.functions);
  await assertNoLeaks(async () => {
    const client = connect({ address: grpcAddress });
    const handle = await client.enqueue("a");
    const waiting = handle.result().catch(() => undefined);
    client.close();
    await waiting;
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
