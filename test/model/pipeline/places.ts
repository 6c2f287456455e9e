/** Where the data of a pipeline's model is: what servers open, one after the other or side by side. */
import { MemoryBroker } from "../../../src/backends/memory/memory-broker.ts";
import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import { RedisBroker } from "../../../src/backends/redis/redis-broker.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import type { Broker } from "../../../src/broker/broker.ts";
import type { Clock } from "../../../src/core/clock.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { redisUrl } from "../../support/redis.ts";
import { DirectBroker } from "../direct-broker.ts";
import { DirectStorage } from "../direct-storage.ts";
import { freshPrefix } from "../redis-places.ts";

/** The data of one component. */
export interface Shelf<Component> {
  /** A component over it, not started. */
  open(): Component;
  /** What the kill of a server does to the data, and to what is known of it only in its process. */
  killed(): void;
  close(): void;
  /** Servers may use it side by side. */
  readonly isShared: boolean;
}

export type Datastore = "memory" | "sqlite" | "redis";

export interface Place {
  readonly storage: Shelf<Joint>;
  /** Unset: the storage is the broker too. */
  readonly broker: Shelf<Broker> | undefined;
}

export async function openPlace(
  storage: Datastore,
  broker: Datastore | undefined,
  clock: Clock,
): Promise<Place> {
  return {
    storage: await storageShelves[storage](clock),
    broker: broker && (await brokerShelves[broker](clock)),
  };
}

const nothing = (): void => undefined;

// Memory plays a datastore here that outlives the servers; a broker of it does not.
const storageShelves: Readonly<Record<Datastore, (clock: Clock) => Promise<Shelf<Joint>>>> = {
  memory: async (clock) => {
    const storage = new MemoryStorage({ clock });
    return { open: () => storage, killed: nothing, close: nothing, isShared: true };
  },
  sqlite: async (clock) => {
    const storage = await DirectStorage.open(clock);
    const { engine } = storage;
    return {
      open: () => storage,
      killed: () => engine.restart(),
      close: () => engine.close(),
      isShared: false,
    };
  },
  redis: async () => {
    const options = { url: await redisUrl(), prefix: freshPrefix() };
    return {
      open: () => new RedisStorage(options),
      killed: nothing,
      close: nothing,
      isShared: true,
    };
  },
};

const brokerShelves: Readonly<Record<Datastore, (clock: Clock) => Promise<Shelf<Broker>>>> = {
  memory: async (clock) => {
    let broker = new MemoryBroker({ clock });
    return {
      open: () => broker,
      killed: () => {
        broker = new MemoryBroker({ clock });
      },
      close: nothing,
      isShared: false,
    };
  },
  sqlite: async (clock) => {
    const broker = await DirectBroker.open(clock);
    const { engine } = broker;
    return {
      open: () => broker,
      killed: () => engine.restart(),
      close: () => engine.close(),
      isShared: false,
    };
  },
  redis: async () => {
    const options = { url: await redisUrl(), prefix: freshPrefix() };
    return {
      open: () => new RedisBroker(options),
      killed: nothing,
      close: nothing,
      isShared: true,
    };
  },
};
