/** Shelves of the three datastores, and every backend that can be made of them. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { MemoryBroker } from "../../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import { RedisBroker } from "../../../src/backends/redis/redis-broker.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { SqliteBroker } from "../../../src/backends/sqlite/sqlite-broker.ts";
import { SqliteStorage } from "../../../src/backends/sqlite/sqlite-storage.ts";
import type { BrokerShelf, Candidate, Shelf, StorageShelf } from "../../contract/backend/places.ts";
import { randomPrefix, redisUrl } from "../../support/redis.ts";
import { tempFolder } from "../../support/temp.ts";
import { keysOf, withRedis } from "../redis/fresh.ts";

export type Datastore = "memory" | "sqlite" | "redis";
export const DATASTORES: readonly Datastore[] = ["memory", "sqlite", "redis"];

export const storageShelves: Readonly<Record<Datastore, () => Promise<StorageShelf>>> = {
  memory: async () => {
    const storage = new MemoryStorage();
    return memoryShelf(() => storage);
  },
  sqlite: () => fileShelf((path) => new SqliteStorage({ path })),
  redis: () => redisShelf("", (place) => new RedisStorage(place)),
};

export const brokerShelves: Readonly<Record<Datastore, () => Promise<BrokerShelf>>> = {
  memory: async () => memoryShelf(() => new MemoryBroker()),
  sqlite: () => fileShelf((path) => new SqliteBroker({ path })),
  redis: () => redisShelf("b0", (place) => new RedisBroker(place)),
};

/** A backend that is broker and storage in one. */
export function jointBackend(datastore: Datastore): Candidate {
  return {
    name: datastore,
    kind: "joint",
    isShared: datastore === "redis",
    canLoseMessages: false,
    // The test files of the datastores run the whole joint suite.
    runsJointParts: false,
    setup: async () => ({ kind: "joint", storage: await storageShelves[datastore]() }),
  };
}

/** A storage with each of the brokers. */
export function pairsOf(storage: Datastore): Candidate[] {
  return DATASTORES.map((broker) => ({
    name: `${storage} storage, ${broker} broker`,
    kind: "composed",
    isShared: storage === "redis" && broker === "redis",
    canLoseMessages: broker === "redis",
    runsJointParts: storage === "memory" || broker === "memory" || storage === broker,
    setup: async () => ({
      kind: "composed",
      storage: await storageShelves[storage](),
      broker: await brokerShelves[broker](),
    }),
  }));
}

/** What is not held on to is gone. */
function memoryShelf<Component>(open: () => Component): Shelf<Component> {
  const nothing = async (): Promise<void> => undefined;
  return { open, clear: nothing, empty: nothing };
}

async function fileShelf<Component>(make: (path: string) => Component): Promise<Shelf<Component>> {
  const folder = tempFolder();
  return {
    open: () => make(join(folder, "file.db")),
    clear: () => rm(folder, { recursive: true, force: true }),
    empty: async () => {
      for (const name of await readdir(folder)) await rm(join(folder, name));
    },
  };
}

async function redisShelf<Component>(
  partition: string,
  make: (place: { readonly url: string; readonly prefix: string }) => Component,
): Promise<Shelf<Component>> {
  const url = await redisUrl();
  const prefix = randomPrefix();
  const empty = (): Promise<void> =>
    withRedis(url, async (redis) => {
      const keys = (await keysOf(redis, prefix)).filter((key) => key.includes(`:${partition}`));
      if (keys.length > 0) await redis.unlink(...keys);
    });
  return { open: () => make({ url, prefix }), clear: empty, empty };
}
