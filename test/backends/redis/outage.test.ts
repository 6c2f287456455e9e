/** A Redis that goes away and comes back, and answers that are cut off. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { RedisBroker } from "../../../src/backends/redis/redis-broker.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { nonce } from "../../../src/core/ids.ts";
import { makeRecord } from "../../../src/testing/contract/records.ts";
import { add, readOne } from "../../../src/testing/contract/scenes.ts";
import { assertSame, eventually } from "../../../src/testing/contract/setup.ts";
import { assertNoLeaks } from "../../support/leaks.ts";
import { startRedis } from "../../support/redis.ts";
import { withRedis } from "./fresh.ts";

test("storage: calls fail while Redis is away, and a gap is told when it is back", async () => {
  const first = await startRedis({ appendonly: true });
  const storage = new RedisStorage({ url: first.url });
  await storage.start();
  const { keyspaceId } = storage;
  const record = makeRecord();
  await add(storage, record);
  const gap = untilNotice(storage, "gap");

  await first.kill();
  const unavailable = { name: "QTasksError", reason: "STORAGE_UNAVAILABLE" };
  await assert.rejects(storage.read({ ids: [record.id] }), unavailable);
  await assert.rejects(storage.ping(), unavailable);
  const second = await startRedis({ appendonly: true, port: first.port, dir: first.dir });
  await gap;

  assertSame(await readOne(storage, record.id), record);
  const other = makeRecord();
  const told = untilNotice(storage, "changes");
  await add(storage, other);
  await told;
  await storage.stop();
  await storage.start();
  assert.equal(storage.keyspaceId, keyspaceId);
  await storage.stop();
  await second.stop();
});

test("broker: the same, and its epoch is another", async () => {
  const first = await startRedis({ appendonly: true });
  const broker = new RedisBroker({ url: first.url });
  await broker.start();
  const epoch = await broker.epoch();
  const gap = untilNotice(broker, "gap");
  await first.kill();
  await assert.rejects(broker.epoch(), { name: "QTasksError", reason: "BROKER_UNAVAILABLE" });
  const second = await startRedis({ appendonly: true, port: first.port, dir: first.dir });
  await gap;
  const after = await broker.epoch();
  assert.notEqual(after, epoch);
  await withRedis(second.url, (redis) => redis.flushall());
  assert.notEqual(await broker.epoch(), after);
  await broker.stop();
  await second.stop();
});

test("stop during an outage ends every timer and socket", async () => {
  const server = await startRedis();
  await assertNoLeaks(async () => {
    const storage = new RedisStorage({ url: server.url });
    await storage.start();
    await server.kill();
    await assert.rejects(storage.ping());
    await storage.stop();
    await storage.stop();
  });
});

test("a script whose answer was cut off is not sent again, and may be repeated", async (t) => {
  const server = await startRedis();
  const proxy = await startProxy(t, server.port);
  const storage = new RedisStorage({ url: `redis://127.0.0.1:${proxy.port}` });
  await storage.start();
  const record = makeRecord();
  const gap = untilNotice(storage, "gap");
  proxy.cutNextAnswer("EVALSHA");
  // The first script of a name is not known to the server yet; this one is sent whole.
  const create = () => storage.create({ tasks: [{ record }] });
  await assert.rejects(create(), { reason: "STORAGE_UNAVAILABLE" });
  await gap;
  proxy.cutNextAnswer("EVAL");
  await assert.rejects(create(), { reason: "STORAGE_UNAVAILABLE" });
  await eventually("the connection", () =>
    storage.ping().then(
      () => true,
      () => undefined,
    ),
  );
  const [verdict] = await create();
  assertSame(verdict, { kind: "exists", record });

  const take = {
    offers: [{ queue: "default", names: ["mail.send"] }],
    max: 10,
    maxBytes: 1_000,
    nonce: nonce(),
    sessionId: "s",
    workerId: "w",
    leaseMs: 10_000,
    delivered: true,
  };
  await storage.handOut({ ...take, nonce: nonce(), offers: [] });
  proxy.cutNextAnswer("EVALSHA");
  await assert.rejects(storage.handOut(take), { reason: "STORAGE_UNAVAILABLE" });
  const repeated = await eventually("the repeat", () =>
    storage.handOut(take).catch(() => undefined),
  );
  assert.deepEqual(
    repeated.records.map(({ id, attempt, revision }) => [id, attempt, revision]),
    [[record.id, 1, 2]],
  );
  const numbers = await withRedis(server.url, (redis) => redis.get("{qtasks:0}g"));
  assert.equal(numbers, "2", "one creation and one start were made");
  await storage.stop();
  await server.stop();
});

test("scripts that Redis forgot are sent again", async () => {
  const server = await startRedis();
  const storage = new RedisStorage({ url: server.url });
  await storage.start();
  await add(storage, makeRecord());
  await withRedis(server.url, (redis) => redis.script("FLUSH"));
  await Promise.all(Array.from({ length: 10 }, () => add(storage, makeRecord())));
  await storage.stop();
  await server.stop();
});

interface Proxy {
  readonly port: number;
  /** The next answer to a call that holds this text is dropped with its connection. */
  cutNextAnswer(text: string): void;
}

async function startProxy(t: TestContext, target: number): Promise<Proxy> {
  let cut: string | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    let isDoomed = false;
    client.on("data", (bytes) => {
      // "$4\r\nEVAL" is the command itself and not the start of EVALSHA.
      if (cut !== undefined && bytes.includes(`\r\n${cut}\r\n`)) {
        isDoomed = true;
        cut = undefined;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => (isDoomed ? client.destroy() : client.write(bytes)));
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => (socket === client ? upstream : client).destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cutNextAnswer: (text) => (cut = text),
  };
}

interface Noticing {
  subscribe(listener: (notice: { readonly kind: string }) => void): () => void;
}

/** The next notice of a kind. */
function untilNotice(component: Noticing, kind: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = component.subscribe((notice) => {
    if (notice.kind !== kind) return;
    end();
    resolve();
  });
  return promise;
}
