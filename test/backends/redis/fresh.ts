/** Redis backends over data of their own, for the tests of this folder. */
import { Redis } from "ioredis";
import { RedisBroker } from "../../../src/backends/redis/redis-broker.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import type { Fresh } from "../../../src/testing/contract/setup.ts";
import { randomPrefix, redisUrl } from "../../support/redis.ts";

interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A started storage under a random prefix; `reopen` opens the same data beside it. */
export function freshStorage(): Promise<Fresh<RedisStorage>> {
  return freshOf((url, prefix) => new RedisStorage({ url, prefix }));
}

/** As {@link freshStorage}, a broker. */
export function freshBroker(): Promise<Fresh<RedisBroker>> {
  return freshOf((url, prefix) => new RedisBroker({ url, prefix }));
}

async function freshOf<Component extends Startable>(
  make: (url: string, prefix: string) => Component,
): Promise<Fresh<Component>> {
  const url = await redisUrl();
  const prefix = randomPrefix();
  const opened: Component[] = [];
  const open = async (): Promise<Component> => {
    const component = make(url, prefix);
    opened.push(component);
    await component.start();
    return component;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((component) => component.stop()));
    await withRedis(url, async (redis) => {
      const keys = await keysOf(redis, prefix);
      if (keys.length > 0) await redis.unlink(...keys);
    });
  };
  return { subject: await open(), close, reopen: open };
}

/** All keys of a prefix. */
export async function keysOf(redis: Redis, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of redis.scanStream({ match: `{${prefix}:*`, count: 1000 }))
    keys.push(...(page as string[]));
  return [...new Set(keys)].toSorted();
}

/** A plain client for the time of `body`. */
export async function withRedis<T>(url: string, body: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true });
  await redis.connect();
  try {
    return await body(redis);
  } finally {
    await redis.quit();
  }
}
