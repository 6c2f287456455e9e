/** Needs the machine for itself: see `test:alone` in package.json. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { startRedis } from "../support/redis.ts";
import { clientOf, startServe } from "./serve.ts";

const SETTLE_MS = 3_000;
const WATCHED_MS = 10_000;
const LIMIT_PER_SECOND = 2;

test("an idle server with a worker sends Redis under 2 commands a second", async (t) => {
  const redisServer = await startRedis();
  t.after(() => redisServer.stop());
  const client = clientOf(t, await startServe(t, { url: redisServer.url }));
  assert.equal(await client.run("e2e.add", { x: 1, y: 2 }), 3);
  const redis = new Redis(redisServer.url);
  t.after(() => redis.disconnect());

  // Time passes on purpose: what is counted is what happens when nothing does.
  await sleep(SETTLE_MS);
  const before = await commandsOf(redis);
  await sleep(WATCHED_MS);
  const after = await commandsOf(redis);

  const sent = differences(before, after);
  t.diagnostic(`in ${WATCHED_MS / 1000} s: ${JSON.stringify(sent)}`);
  const count = Object.values(sent).reduce((sum, calls) => sum + calls, 0);
  assert.ok(count / (WATCHED_MS / 1000) < LIMIT_PER_SECOND, JSON.stringify(sent));
});

/** Calls by command, without those of this test and without what scripts do inside Redis. */
async function commandsOf(redis: Redis): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [, name = "", calls] of (await redis.info("commandstats")).matchAll(
    /^cmdstat_([^:]+):calls=(\d+)/gm,
  ))
    if (name !== "info") counts.set(name, Number(calls));
  return counts;
}

function differences(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  const changed = [...after].map(([name, calls]) => [name, calls - (before.get(name) ?? 0)]);
  return Object.fromEntries(changed.filter(([, calls]) => calls !== 0)) as Record<string, number>;
}
