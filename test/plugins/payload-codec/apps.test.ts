import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { durationMs } from "../../../src/core/duration.ts";
import { ErrorInfoSchema, RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import {
  FailureKind,
  fromPayload,
  QueueTasks,
  TaskError,
  TaskFailedError,
  TaskView,
  type QueueTasksOptions,
} from "../../../src/index.ts";
import {
  payloadCodec,
  type PayloadCodecOptions,
} from "../../../src/plugins/payload-codec/index.ts";
import { ConformanceTasks } from "../../gen/conformance/v1/conformance_pb.ts";
import { memoryApp, QUIET } from "../../app/memory-app.ts";
import { ringOf } from "./setup.ts";

const ECHO = "conformance.v1.ConformanceTasks/Echo";
const KEYS = ringOf();

function encrypting(app: QueueTasks, options: PayloadCodecOptions = {}): QueueTasks {
  return app.use(payloadCodec({ encrypt: KEYS, ...options }));
}

/** An app that works for the other one's server, with a codec or without. */
function remote(t: TestContext, server: QueueTasks, codec?: PayloadCodecOptions): QueueTasks {
  const options: QueueTasksOptions = { ...QUIET, server: server.grpcAddress };
  const app = new QueueTasks(options);
  t.after(() => app.stop());
  return codec === undefined ? app : encrypting(app, codec);
}

/** A server that has no key, as one that only stores tasks. */
async function keyless(t: TestContext): Promise<QueueTasks> {
  const server = memoryApp(t);
  await server.start({ worker: false });
  return server;
}

function stub(server: QueueTasks) {
  const transport = createGrpcTransport({ baseUrl: `http://${server.grpcAddress}` });
  return createClient(ConformanceTasks, transport);
}

test("over gRPC, on a server that has no key: programs with the key see no difference", async (t) => {
  const server = await keyless(t);
  const worker = remote(t, server, {});
  const work = worker.task("work", async function* ({ name }: { name: string }) {
    yield { hello: name };
    return name.length;
  });
  await worker.start();
  const handle = await work.enqueue({ name: "secret" });
  const outputs = [];
  for await (const output of handle.outputs()) outputs.push(output);
  assert.deepEqual(outputs, [{ hello: "secret" }]);
  assert.equal(await handle.result(), 6);
  const stored = await (await server.client()).get(handle.id);
  assert.deepEqual(stored.spec?.payload?.encodings, ["utf-8", "aes256gcm;kid=2026-11"]);
  assert.throws(() => fromPayload(stored.result), {
    reason: "MESSAGE_MALFORMED",
    message: /no codec for the encoding utf-8, aes256gcm/,
  });
});

test("typed tasks are checked by their schema as ever, enqueued as messages or as JSON", async (t) => {
  const server = await keyless(t);
  const worker = remote(t, server, { requireEncryption: true });
  const tasks = worker.service(ConformanceTasks, {
    echo: ({ text }) => ({ text: `${text}!` }),
    async *count({ count }) {
      for (let value = 0; value < count; value++) yield { value };
    },
  });
  await worker.start();
  const client = await worker.client();
  const handle = await tasks.echo.enqueue({ text: "typed" });
  assert.equal((await handle.result()).text, "typed!");
  const { spec } = await (await server.client()).get(handle.id);
  assert.equal(spec?.payload?.schema, "conformance.v1.EchoRequest");
  assert.deepEqual(spec.payload.encodings, ["aes256gcm;kid=2026-11"]);
  assert.equal((await tasks.echo.run({ text: "" })).text, "!", "an empty message is encrypted too");
  const values = [];
  for await (const { value } of tasks.count.run({ count: 2 })) values.push(value);
  assert.deepEqual(values, [0, 1]);
  const json = await client.enqueue(ECHO, { text: "json" });
  assert.equal((await json.resultPayload())?.schema, "conformance.v1.EchoResponse");
  // What the server can't read, the worker refuses.
  const odd = await (await client.enqueue(ECHO, { unknown: 1 })).done();
  assert.equal(odd.failure?.kind, FailureKind.REJECTED);
  assert.match(odd.failure.message, /unknown/);
});

test("callers of methods have no codec: a server with the key is theirs", async (t) => {
  const app = encrypting(memoryApp(t), { requireEncryption: true });
  app.service(ConformanceTasks, {
    echo: ({ text }) => ({ text: `${text}!` }),
    async *count({ count }) {
      for (let value = 0; value < count; value++) yield { value };
    },
    fail: () => {
      const details = [{ desc: ErrorInfoSchema, value: { reason: "GONE", domain: "test" } }];
      throw new ConnectError("gone", Code.NotFound, {}, details);
    },
  });
  await app.start();
  const calls = stub(app);
  assert.equal((await calls.echo({ text: "stub" })).text, "stub!");
  const values = [];
  for await (const { value } of calls.count({ count: 2 })) values.push(value);
  assert.deepEqual(values, [0, 1]);
  await assert.rejects(calls.fail({}), (error) => {
    const { code, details } = ConnectError.from(error);
    const [info] = ConnectError.from(error).findDetails(ErrorInfoSchema);
    return code === Code.NotFound && details.length > 0 && info?.reason === "GONE";
  });
});

test("callers of methods on a server without the key are told so, and get no bytes of the cipher", async (t) => {
  const server = await keyless(t);
  const worker = remote(t, server, {});
  worker.service(ConformanceTasks, { echo: ({ text }) => ({ text }) });
  await worker.start();
  await assert.rejects(stub(server).echo({ text: "stub" }), (error) => {
    const { code, rawMessage } = ConnectError.from(error);
    assert.match(
      rawMessage,
      /the answer of .*Echo is encoded \(aes256gcm\), and this server has no/,
    );
    return code === Code.Internal;
  });
});

test("a server with another key says which one is missing", async (t) => {
  const server = encrypting(memoryApp(t), { encrypt: ringOf({ b: Buffer.alloc(32) }, "b") });
  await server.start({ worker: false });
  const worker = remote(t, server, {
    encrypt: ringOf({ a: Buffer.alloc(32, 1), b: Buffer.alloc(32) }, "a"),
  });
  worker.service(ConformanceTasks, { echo: ({ text }) => ({ text }) });
  await worker.start();
  await assert.rejects(stub(server).echo({ text: "stub" }), /the key a, which is not in the key/);
});

test("how long a status asks to wait counts, though the server can't read its details", async (t) => {
  const server = await keyless(t);
  const worker = remote(t, server, {});
  const retryDelay = { seconds: 3_600n };
  const tasks = worker.service(ConformanceTasks, {
    echo: () => {
      const details = [{ desc: RetryInfoSchema, value: { retryDelay } }];
      throw new ConnectError("later", Code.Unavailable, {}, details);
    },
  });
  await worker.start();
  const handle = await tasks.echo.enqueue({});
  for await (const change of handle.watch({ view: TaskView.FULL })) {
    if (change.type !== "task" || change.task.nextAttemptTime === undefined) continue;
    assert.equal(durationMs(change.task.failure!.retryDelay!), 3_600_000);
    const waits = Number(change.task.nextAttemptTime.seconds) * 1_000 - Date.now();
    assert.ok(waits > 3_000_000, `${waits} ms`);
    break;
  }
});

test("plain payloads of other programs are run, unless encryption is required", async (t) => {
  const app = encrypting(memoryApp(t));
  app.task("echo", (value: unknown) => value);
  await app.start();
  const plain = await remote(t, app).client();
  const handle = await plain.enqueue("echo", "plain");
  await handle.done();
  assert.equal(await (await app.client()).handle(handle.id).result(), "plain");

  const strict = encrypting(memoryApp(t), { requireEncryption: true });
  strict.task("echo", (value: unknown) => value);
  await strict.start();
  const refused = await (await remote(t, strict).client()).enqueue("echo", "plain");
  const { failure, attemptCount } = await refused.done();
  assert.equal(failure?.kind, FailureKind.REJECTED);
  assert.equal(failure.type, "qtasks.PayloadUndecodable");
  assert.match(failure.message, /not encrypted, as this app requires/);
  assert.equal(attemptCount, 1);
});

test("a retried parent finds its children, and unique keys their holders, though each cipher differs", async (t) => {
  const app = encrypting(memoryApp(t));
  const child = app.task("child", (value: number) => value);
  const parent = app.task(
    { name: "parent", retry: { maxAttempts: 2, initialBackoffMs: 1 } },
    async (_: undefined, { attempt, enqueue }) => {
      const children = [await enqueue("child", 1), await enqueue("child", 2)];
      if (attempt === 1) throw new Error("once more");
      return children;
    },
  );
  await app.start({ server: false });
  const children = await parent.run();
  assert.deepEqual(
    children.map(({ created }) => created),
    [false, false],
  );
  const unique = { key: "one", windowMs: 60_000 };
  const first = await child.enqueue(1, { unique });
  const second = await child.enqueue(1, { unique });
  assert.deepEqual([second.id, second.created], [first.id, false]);
});

test("an attempt knows why the one before it failed, and a caller why the last", async (t) => {
  const app = encrypting(memoryApp(t), { compress: { minBytes: 0 } });
  const task = app.task(
    { name: "fails", retry: { maxAttempts: 2, initialBackoffMs: 1 } },
    (_: undefined, { attempt, previousFailure }) => {
      const previous = fromPayload(previousFailure?.details);
      throw new TaskError("no", { details: { attempt, previous } });
    },
  );
  await app.start({ server: false });
  await assert.rejects(task.run(), (error) => {
    assert.ok(error instanceof TaskFailedError);
    const details = fromPayload(error.failure.details);
    assert.deepEqual(details, { attempt: 2, previous: { attempt: 1, previous: null } });
    return true;
  });
});
