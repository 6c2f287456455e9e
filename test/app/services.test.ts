import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test, type TestContext } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { pino } from "pino";
import { WorkerService } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { grpcCalls, openChannel } from "../../src/client/index.ts";
import { QueueTasks, Router, TaskFailedError, type QueueTasksOptions } from "../../src/index.ts";
import { schemaOf } from "../../src/worker/schema.ts";
import { ConformanceTasks } from "../gen/conformance/v1/conformance_pb.ts";

const QUIET = { logger: pino({ level: "silent" }), env: {}, configFile: false } as const;
const ECHO = "conformance.v1.ConformanceTasks/Echo";

function makeApp(t: TestContext, options: QueueTasksOptions): QueueTasks {
  const app = new QueueTasks({ ...QUIET, ...options });
  t.after(() => app.stop());
  return app;
}

/** A server in memory, and an app that works for it by gRPC alone. */
async function pair(t: TestContext) {
  const server = makeApp(t, { url: "memory:", grpc: "127.0.0.1:0", http: false });
  await server.start({ worker: false });
  const remote = makeApp(t, { server: server.grpcAddress! });
  return { server, remote };
}

/** Whether the server has the descriptors of the service, as a worker that registers gets to know. */
async function hasSchema(t: TestContext, { grpcAddress }: QueueTasks): Promise<boolean> {
  const channel = openChannel({ address: grpcAddress });
  t.after(() => channel.close());
  const { schemaWanted } = await grpcCalls(WorkerService, channel).registerWorker({
    sessionId: randomUUID(),
    workerId: "looking",
    definitions: [{ name: "looking" }],
    slots: 1,
    schemaDigest: schemaOf([ConformanceTasks.file])!.digest,
  });
  return !schemaWanted;
}

test("in one process: typed tasks are enqueued, run, streamed, and fail with their status", async (t) => {
  const app = makeApp(t, { url: "memory:" });
  const tasks = app.service(ConformanceTasks, {
    echo: ({ text }, { headers }) => ({ text, metadata: { ...headers } }),
    async *count({ count }) {
      for (let value = 0; value < count; value++) yield { value };
      if (count > 2) throw new ConnectError("too many", Code.OutOfRange);
    },
  });
  await app.start({ server: false });
  assert.equal((await tasks.echo.run({ text: "one" }, { timeoutMs: 5_000 })).text, "one");
  const handle = await tasks.echo.enqueue({ text: "two" }, { headers: { "x-a": "b" } });
  const response = await handle.result({ timeoutMs: 5_000 });
  assert.deepEqual([response.text, { ...response.metadata }], ["two", { "x-a": "b" }]);
  const values: number[] = [];
  for await (const { value } of tasks.count.run({ count: 2 })) values.push(value);
  assert.deepEqual(values, [0, 1]);
  const failing = await tasks.count.enqueue({ count: 3 });
  await assert.rejects(
    async () => {
      for await (const { value } of failing.outputs()) values.push(value);
    },
    (error) => error instanceof TaskFailedError && error.type === "grpc.OUT_OF_RANGE",
  );
  assert.deepEqual(values, [0, 1, 0, 1, 2]);
});

test("by JSON, as the command line and other programs enqueue", async (t) => {
  const app = makeApp(t, { url: "memory:" });
  app.service(ConformanceTasks, { echo: ({ text }) => ({ text: `${text}!` }) });
  await app.start({ server: false });
  const handle = await (await app.client()).enqueue(ECHO, { text: "json" });
  const { schema } = (await handle.resultPayload({ timeoutMs: 5_000 }))!;
  assert.equal(schema, "conformance.v1.EchoResponse");
});

test("over gRPC: a service that is added while the worker runs brings its descriptors", async (t) => {
  const { server, remote } = await pair(t);
  const plain = remote.task("plain", () => 1);
  await remote.start();
  assert.equal(await plain.run(undefined, { timeoutMs: 5_000 }), 1);
  assert.equal(await hasSchema(t, server), false);
  const router = new Router({ prefix: "late." });
  const tasks = router.service(ConformanceTasks, { echo: ({ text }) => ({ text }) });
  remote.includeRouter(router);
  const client = await remote.client();
  while (!(await hasSchema(t, server))) await client.count();
  assert.equal((await tasks.echo.run({ text: "late" }, { timeoutMs: 5_000 })).text, "late");
  await assert.rejects(tasks.wait.enqueue({}), { reason: "DEFINITION_NOT_FOUND" });
});

test("a server makes the services of its app known without a worker", async (t) => {
  const server = makeApp(t, { url: "memory:", grpc: "127.0.0.1:0", http: false });
  const tasks = server.service(ConformanceTasks, { echo: () => assert.fail("no worker here") });
  await server.start({ worker: false });
  assert.equal(await hasSchema(t, server), true);
  assert.equal((await tasks.echo.enqueue({ text: "kept" })).created, true);
  // A service may be only called from here, and run by another program.
  const remote = makeApp(t, { server: server.grpcAddress! });
  const { echo } = remote.service(ConformanceTasks, {});
  assert.equal((await echo.enqueue({ text: "from elsewhere" })).created, true);
});
