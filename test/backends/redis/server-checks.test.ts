/** What a Redis must be like, and what happens when its memory is used up. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { RedisBroker } from "../../../src/backends/redis/redis-broker.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { everyByte, makeRecord } from "../../../src/testing/contract/records.ts";
import {
  add,
  addRunning,
  endUnstarted,
  finish,
  readOne,
} from "../../../src/testing/contract/scenes.ts";
import { startRedis } from "../../support/redis.ts";
import { withRedis } from "./fresh.ts";

test("a Redis that can't be reached is named, its credentials are not", async () => {
  const url = "redis://user:secret@127.0.0.1:1/0";
  for (const component of [new RedisStorage({ url }), new RedisBroker({ url })]) {
    const started = component.start();
    await assert.rejects(started, { message: /127\.0\.0\.1:1 can't be reached: .*ECONNREFUSED/ });
    await assert.rejects(component.start(), (error: Error) => !error.message.includes("secret"));
    await component.stop();
  }
});

test("a wrong password is told as such", async () => {
  const server = await startRedis({ args: ["--requirepass", "right"] });
  const storage = new RedisStorage({ url: server.url.replace("//", "//:wrong@") });
  await assert.rejects(storage.start(), {
    reason: "STORAGE_UNAVAILABLE",
    message: /WRONGPASS/,
  });
  const allowed = new RedisStorage({ url: server.url.replace("//", "//:right@") });
  await allowed.start();
  await allowed.stop();
  await server.stop();
});

test("a Redis that may evict any key is refused", async () => {
  const server = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
  const storage = new RedisStorage({ url: server.url });
  await assert.rejects(storage.start(), {
    reason: "CONFIG_INVALID",
    message: /allkeys-lru.*noeviction/,
  });
  await withRedis(server.url, (redis) => redis.config("SET", "maxmemory-policy", "noeviction"));
  await storage.start();
  await storage.stop();
  await server.stop();
});

test("a Redis that hides its configuration is a warning", async () => {
  const server = await startRedis();
  await withRedis(server.url, (redis) =>
    redis.acl("SETUSER", "limited", "on", ">pass", "~*", "&*", "+@all", "-config"),
  );
  const lines: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line) => void lines.push(line) });
  const url = server.url.replace("//", "//limited:pass@");
  const storage = new RedisStorage({ url, logger });
  await storage.start();
  assert.match(lines.join(""), /does not tell its configuration/);
  await storage.stop();
  await server.stop();
});

test("a Redis that lets nobody subscribe is told as such", async () => {
  const server = await startRedis();
  await withRedis(server.url, (redis) =>
    redis.acl("SETUSER", "limited", "on", ">pass", "~*", "&*", "+@all", "-subscribe"),
  );
  const storage = new RedisStorage({ url: server.url.replace("//", "//limited:pass@") });
  await assert.rejects(storage.start(), {
    reason: "STORAGE_UNAVAILABLE",
    message: /^Redis at 127\.0\.0\.1:\d+: NOPERM .*subscribe/,
  });
  await storage.stop();
  await server.stop();
});

for (const [args, expected] of [
  [["--appendonly", "yes", "--appendfsync", "always"], /is on disk"/],
  [["--appendonly", "yes", "--appendfsync", "everysec"], /within a second/],
  [["--appendonly", "no", "--save", ""], /writes nothing to disk/],
  [["--appendonly", "no", "--save", "60 1"], /only takes snapshots/],
] as const) {
  test(`the log tells when an acknowledgement is durable: ${args.join(" ")}`, async () => {
    const server = await startRedis({ args });
    const lines: string[] = [];
    const logger = pino({ level: "info" }, { write: (line) => void lines.push(line) });
    const storage = new RedisStorage({ url: server.url, logger });
    await storage.start();
    assert.match(lines.join(""), expected);
    await storage.stop();
    await server.stop();
  });
}

test("at its maxmemory nothing is added, and what is there goes on", async () => {
  const server = await startRedis();
  const storage = new RedisStorage({ url: server.url });
  await storage.start();
  const running = await addRunning(storage, makeRecord({ retentionMs: 0 }));
  const waiting = makeRecord();
  await add(storage, waiting);
  await withRedis(server.url, (redis) => redis.config("SET", "maxmemory", "1mb"));

  const create = storage.create({ tasks: [{ record: makeRecord({ spec: everyByte(100) }) }] });
  await assert.rejects(create, {
    reason: "QUEUE_FULL",
    code: "RESOURCE_EXHAUSTED",
    message: /maxmemory/,
  });
  const { id, attempt, nonce } = running;
  const [renewed] = await storage.renew({ renewals: [{ id, attempt, nonce, leaseMs: 60_000 }] });
  assert.equal(renewed?.kind, "held");
  const offers = [{ queue: waiting.queue, names: [waiting.name] }];
  const lease = { sessionId: "s", workerId: "w", leaseMs: 1_000, delivered: true };
  const params = { offers, max: 1, maxBytes: 1, nonce: "3".repeat(32), ...lease };
  assert.equal((await storage.handOut(params)).records.length, 1);
  await finish(storage, (await readOne(storage, id))!, Date.now() - 1_000);
  assert.equal((await storage.purge({ limit: 10 })).count, 1);
  await storage.documents.put({ items: [{ kind: "session", key: "s", value: everyByte(10) }] });
  await storage.stop();
  // A server that starts again must get at its tasks too.
  await storage.start();
  await withRedis(server.url, (redis) => redis.config("SET", "maxmemory", "0"));
  const another = makeRecord();
  await add(storage, another);
  await endUnstarted(storage, another);
  await storage.stop();
  await server.stop();
});

test("a keyspace of another layout is refused", async () => {
  const server = await startRedis();
  await withRedis(server.url, (redis) =>
    redis.hset("{qtasks:m}meta", { layout: 2, partitions: 64, keyspaceId: "x" }),
  );
  const storage = new RedisStorage({ url: server.url });
  await assert.rejects(storage.start(), { reason: "CONFIG_INVALID", message: /layout 2 with 64/ });
  await server.stop();
});
