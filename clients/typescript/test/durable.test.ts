import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { credentials, Metadata, makeClientConstructor } from "@grpc/grpc-js";
import { ConformanceTasks } from "../../../test/gen/conformance/v1/conformance_pb.ts";
import { waitDurably } from "../conformance/grpc-stub.ts";
import { durableOptions, taskIds, TaskState, type TaskClient } from "../node/index.ts";
import { Server } from "./setup.ts";

const WAIT = "conformance.v1.ConformanceTasks/Wait";
const FAIL = "conformance.v1.ConformanceTasks/Fail";

test("calls of stock stubs survive a killed server, and are one task each", async (t) => {
  const server = await Server.onFile(t);
  await server.conformanceWorker();
  const client = server.client();
  const grpc = createGrpcTransport({
    baseUrl: `http://${server.grpc}`,
    interceptors: [taskIds()],
  });
  const web = createConnectTransport({
    baseUrl: server.http,
    httpVersion: "1.1",
    interceptors: [taskIds()],
  });
  const calls = [
    waitDurably(server.grpc, 2_000),
    createClient(ConformanceTasks, grpc).wait({ delayMs: 2_000 }),
    createClient(ConformanceTasks, web).wait({ delayMs: 2_000 }),
  ];
  await running(client, WAIT, calls.length);
  await server.kill();
  await server.startAgain();
  for (const { pid, attempt } of await Promise.all(calls))
    assert.deepEqual({ pid, attempt }, { pid: process.pid, attempt: 1 });
  assert.equal((await client.count({ names: [WAIT] })).count, BigInt(calls.length));
});

test("an id of the caller's own is left alone: the second call joins the first's task", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  const baseUrl = `http://${server.grpc}`;
  const transport = createGrpcTransport({ baseUrl, interceptors: [taskIds()] });
  const stub = createClient(ConformanceTasks, transport);
  const headers = { "qtasks-task-id": "mine" };
  const texts = await Promise.all([
    stub.echo({ text: "same" }, { headers }),
    stub.echo({ text: "same" }, { headers }),
  ]);
  assert.deepEqual(
    texts.map(({ metadata }) => metadata["qtasks-task-id"]),
    ["mine", "mine"],
  );
});

test("one Metadata for two calls is two tasks, and stays as it is", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  const path = "/conformance.v1.ConformanceTasks/Echo";
  const bytes = { serialize: (value: Buffer) => value, deserialize: (value: Buffer) => value };
  const definition = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  };
  const Stub = makeClientConstructor({ echo: definition }, "ConformanceTasks");
  const stub = new Stub(server.grpc, credentials.createInsecure(), durableOptions());
  t.after(() => stub.close());
  const metadata = new Metadata();
  const call = () =>
    new Promise((resolve, reject) => {
      stub["echo"]!(Buffer.alloc(0), metadata, (error: Error | null, response: unknown) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  await Promise.all([call(), call()]);
  assert.deepEqual(metadata.getMap(), {});
  const { count: found } = await server.client().count({ names: [path.slice(1)] });
  assert.equal(found, 2n);
});

test("a task that fails as UNAVAILABLE is an outcome: it is not called again", async (t) => {
  const server = await Server.start(t);
  await server.conformanceWorker();
  const baseUrl = `http://${server.grpc}`;
  const interceptors = [taskIds({ patienceMs: 60_000 })];
  const stubs = [
    createGrpcTransport({ baseUrl, interceptors }),
    createConnectTransport({ baseUrl: server.http, httpVersion: "1.1", interceptors }),
  ].map((transport) => createClient(ConformanceTasks, transport));
  for (const stub of stubs)
    await assert.rejects(stub.fail({ code: Code.Unavailable, message: "down" }), (error) => {
      assert.equal(ConnectError.from(error).code, Code.Unavailable);
      return true;
    });
  for await (const { state } of server.client().list({ names: [FAIL] }))
    assert.equal(state, TaskState.FAILED);
});

test("without a server, taskIds gives up after its patience", async () => {
  const interceptors = [taskIds({ patienceMs: 200 })];
  const transport = createGrpcTransport({ baseUrl: "http://127.0.0.1:1", interceptors });
  const startedAt = performance.now();
  await assert.rejects(createClient(ConformanceTasks, transport).echo({}), {
    code: Code.Unavailable,
  });
  assert.ok(performance.now() - startedAt >= 200);
});

/** Waits until so many tasks of a name run. */
async function running(client: TaskClient, name: string, count: number): Promise<void> {
  for (;;) {
    const { count: found } = await client.count({ names: [name], states: [TaskState.RUNNING] });
    if (found === BigInt(count)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
