/** From URLs to implementations: the one place that knows them. Each is loaded when it is asked for. */
import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import type { Config } from "../config/options.ts";
import { QTasksError } from "../core/errors.ts";
import type { PipelineOptions } from "../pipeline/pipeline.ts";
import type { Joint } from "../storage/joint.ts";
import { checkComponents, type Components } from "./components.ts";

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

/** What backends are opened with. */
export interface BackendParts {
  readonly config: Config;
  readonly logger: Logger;
  /** Logs kept per task. */
  readonly maxLogs: number | undefined;
  /** Those that the program brings along. */
  readonly components: Components;
}

/**
 * One joint backend for `url`, or where `broker` and `storage` differ, or the program brings one of them, a pair. Not
 * started. CONFIG_INVALID for a URL of no known scheme, naming those that exist.
 */
export async function openBackend(parts: BackendParts): Promise<PipelineOptions["backend"]> {
  const { config, logger, components } = parts;
  const { url, broker = url, storage = url } = config;
  if (components.joint !== undefined) return { joint: await components.joint({ config, logger }) };
  if (broker === storage && components.broker === undefined && components.storage === undefined)
    return { joint: await schemeOf(storage).openStorage(placeOf(storage, parts)) };
  return {
    storage:
      (await components.storage?.({ config, logger })) ??
      (await schemeOf(storage).openStorage(placeOf(storage, parts))),
    broker:
      (await components.broker?.({ config, logger })) ??
      (await schemeOf(broker).openBroker(placeOf(broker, parts))),
  };
}

function placeOf(url: string, { logger, maxLogs }: BackendParts): Place {
  return { url, logger, maxLogs };
}

/** Refuses URLs of no known scheme, and components that exclude each other, before anything is opened. */
export function checkBackends(config: Config, components: Components): void {
  checkComponents(components);
  const { url, broker = url, storage = url } = config;
  if (components.joint !== undefined) return;
  if (components.storage === undefined) schemeOf(storage);
  if (components.broker === undefined) schemeOf(broker);
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
