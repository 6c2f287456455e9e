/** From URLs to implementations: the one place that knows them. Each is loaded when it is asked for. */
import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import type { Config } from "../config/options.ts";
import { QTasksError } from "../core/errors.ts";
import type { PipelineOptions } from "../pipeline/pipeline.ts";
import type { Joint } from "../storage/joint.ts";

/** Where a backend's data is and what it is told. */
interface Place {
  readonly url: string;
  readonly logger: Logger;
  readonly maxLogs: number | undefined;
}

interface Scheme {
  /** For people. */
  readonly example: string;
  readonly openStorage: (place: Place) => Promise<Joint>;
  readonly openBroker: (place: Place) => Promise<Broker>;
}

const REDIS: Scheme = {
  example: "redis://HOST:PORT (or rediss://)",
  openStorage: async (place) => {
    const { RedisStorage } = await import("../backends/redis/redis-storage.ts");
    return new RedisStorage(place);
  },
  openBroker: async (place) => {
    const { RedisBroker } = await import("../backends/redis/redis-broker.ts");
    return new RedisBroker(place);
  },
};

const SCHEMES: Readonly<Record<string, Scheme>> = {
  memory: {
    example: "memory:",
    openStorage: async ({ maxLogs }) => {
      const { MemoryStorage } = await import("../backends/memory/memory-storage.ts");
      return new MemoryStorage({ maxLogs });
    },
    openBroker: async () => {
      const { MemoryBroker } = await import("../backends/memory/memory-broker.ts");
      return new MemoryBroker();
    },
  },
  sqlite: {
    example: "sqlite:PATH",
    openStorage: async ({ url, logger, maxLogs }) => {
      const { SqliteStorage } = await import("../backends/sqlite/sqlite-storage.ts");
      return new SqliteStorage({ path: pathOf(url), logger, maxLogs });
    },
    openBroker: async ({ url, logger }) => {
      const { SqliteBroker } = await import("../backends/sqlite/sqlite-broker.ts");
      return new SqliteBroker({ path: pathOf(url), logger });
    },
  },
  redis: REDIS,
  rediss: REDIS,
};

/**
 * One joint backend for `url`, or where `broker` and `storage` differ a pair of them. Not started.
 * CONFIG_INVALID for a URL of no known scheme, naming those that exist.
 */
export async function openBackend(
  { url, broker = url, storage = url }: Config,
  logger: Logger,
  maxLogs: number | undefined,
): Promise<PipelineOptions["backend"]> {
  const storageScheme = schemeOf(storage);
  const brokerScheme = schemeOf(broker);
  const opened = await storageScheme.openStorage({ url: storage, logger, maxLogs });
  if (broker === storage) return { joint: opened };
  return {
    storage: opened,
    broker: await brokerScheme.openBroker({ url: broker, logger, maxLogs }),
  };
}

/** Refuses URLs of no known scheme, before anything is opened. */
export function checkBackendUrls({ url, broker = url, storage = url }: Config): void {
  schemeOf(storage);
  schemeOf(broker);
}

function schemeOf(url: string): Scheme {
  const name = /^([a-z][a-z0-9+-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "";
  const scheme = Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined;
  if (scheme !== undefined) return scheme;
  const known = [...new Set(Object.values(SCHEMES))].map(({ example }) => example).join(", ");
  // The rest of the URL may hold a password.
  const shown = name === "" ? "a URL without a scheme" : `${name}:…`;
  throw new QTasksError("CONFIG_INVALID", `no backend for ${shown}; there are ${known}`);
}

/** `sqlite:PATH`, where the path is taken as it is, relative to the current folder. */
function pathOf(url: string): string {
  const path = url.slice(url.indexOf(":") + 1).replace(/^\/\/(?=\/)/, "");
  if (path !== "") return path;
  throw new QTasksError("CONFIG_INVALID", "sqlite: needs a path, such as sqlite:./qtasks.db");
}
