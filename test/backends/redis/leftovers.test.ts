/** What a task leaves behind, and what a server sends while nothing happens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { labelTag, parentTag } from "../../../src/core/tags.ts";
import { retryByHand } from "../../../src/core/transitions.ts";
import { makeRecord, noted, startNow, uniqueTags } from "../../../src/testing/contract/records.ts";
import {
  add,
  addUnique,
  endUnstarted,
  finish,
  log,
  output,
  put,
} from "../../../src/testing/contract/scenes.ts";
import { randomPrefix, redisUrl, startRedis } from "../../support/redis.ts";
import { keysOf, withRedis } from "./fresh.ts";

const DAY_MS = 86_400_000;

test("once all tasks are purged or removed, only facts about the keyspace are left", async () => {
  const url = await redisUrl();
  const prefix = randomPrefix();
  const storage = new RedisStorage({ url, prefix });
  await storage.start();
  const endedAt = Date.now() - DAY_MS;
  const tags = [labelTag("a", "b"), parentTag("p"), ...uniqueTags("key")];
  const old = { createdAt: endedAt - 10, retentionMs: 60_000 };
  await addUnique(storage, makeRecord({ tags, ...old }), { untilAt: 0 });
  const [unique] = await takeAll(storage);
  await finish(storage, unique!, endedAt);

  const eventful = makeRecord({ ...old, totalDeadlineAt: Date.now() + DAY_MS });
  await add(storage, eventful);
  const running = startNow(eventful);
  await put(storage, eventful, running);
  const newer = await put(storage, running, noted(running, 2), { events: [output(1), log(2)] });
  await finish(storage, newer, endedAt);

  const scheduled = makeRecord({ dueAt: Date.now() + DAY_MS, retentionMs: 60_000 });
  await storage.create({ tasks: [{ record: scheduled }], intentId: "1".repeat(32) });
  const ended = await endUnstarted(storage, scheduled, endedAt);
  const again = retryByHand(ended, { now: Date.now(), pendingTimeoutMs: 0, totalTimeoutMs: 0 });
  await put(storage, ended, again);
  await endUnstarted(storage, again, endedAt - DAY_MS);

  const removed = makeRecord(old);
  await add(storage, removed);
  const { id, revision } = await endUnstarted(storage, removed, endedAt);
  await storage.remove({ items: [{ id, revision }] });

  await storage.dropIntents({ ids: ["1".repeat(32)] });
  assert.deepEqual(await storage.purge({ limit: 100 }), { count: 3, nextAt: 0 });
  await storage.stop();
  const left = await withRedis(url, async (redis) => {
    const keys = await keysOf(redis, prefix);
    const types = await Promise.all(keys.map((key) => redis.ttl(key)));
    await redis.unlink(...keys);
    return keys.filter((_key, index) => types[index] === -1);
  });
  // Feed and its number, counters (now zero), names of queues and tasks, the keyspace's id.
  const expected = [":0}f", ":0}g", ":0}n", ":0}q", ":m}meta"].map((end) => `{${prefix}${end}`);
  assert.deepEqual(left, expected);
});

test("an idle storage sends nothing", async () => {
  const server = await startRedis();
  const storage = new RedisStorage({ url: server.url });
  await storage.start();
  await withRedis(server.url, async (redis) => {
    const processed = async (): Promise<number> =>
      Number(/total_commands_processed:(\d+)/.exec(await redis.info("stats"))?.[1]);
    const before = await processed();
    await sleep(1_000);
    assert.equal((await processed()) - before, 1, "only the question itself");
  });
  await storage.stop();
  await server.stop();
});

async function takeAll(storage: RedisStorage) {
  const { records } = await storage.handOut({
    offers: [{ queue: "default", names: ["mail.send"] }],
    max: 10,
    maxBytes: 1_000_000,
    nonce: "2".repeat(32),
    sessionId: "s",
    workerId: "w",
    leaseMs: 10_000,
    delivered: true,
  });
  return records;
}
