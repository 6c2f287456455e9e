/** What a Redis must be like to be a storage, checked at start. */
import type { Logger } from "pino";
import { QTasksError } from "../../core/errors.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { asList, asText } from "./replies.ts";

/** Scripts need the flags of Redis 7. */
const LEAST_MAJOR_VERSION = 7;

/**
 * Refuses (CONFIG_INVALID) a Redis that is too old or may evict any key, and logs when its
 * acknowledgements are durable. Where it does not tell its configuration, that is a warning.
 */
export async function checkServer(
  connection: RedisConnection,
  logger: Logger | undefined,
): Promise<void> {
  const info = await readInfo(connection);
  checkVersion(info.get("redis_version") ?? "");
  const config = await readConfig(connection);
  const policy = config?.get("maxmemory-policy") ?? info.get("maxmemory_policy");
  if (config === undefined || policy === undefined)
    logger?.warn(
      "Redis does not tell its configuration: see that its maxmemory-policy is noeviction",
    );
  if (policy?.startsWith("allkeys-") === true) {
    const why = `maxmemory-policy ${policy} lets Redis throw tasks away; set it to noeviction`;
    throw new QTasksError("CONFIG_INVALID", why);
  }
  if (config !== undefined) logDurability(config, logger);
}

/** Refuses (CONFIG_INVALID) a Redis that is too old. */
export async function checkRedisVersion(connection: RedisConnection): Promise<void> {
  checkVersion((await readInfo(connection)).get("redis_version") ?? "");
}

function checkVersion(version: string): void {
  const major = Number.parseInt(version, 10);
  // A server that hides its version gets the benefit of the doubt.
  if (!(major < LEAST_MAJOR_VERSION)) return;
  const expected = `Redis ${LEAST_MAJOR_VERSION}.0 or later is needed, this is ${version}`;
  throw new QTasksError("CONFIG_INVALID", expected);
}

async function readInfo(connection: RedisConnection): Promise<ReadonlyMap<string, string>> {
  const text = await unlessForbidden(connection.command("INFO"));
  const lines = text === undefined ? [] : asText(text).split("\r\n");
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf(":");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

const PARAMETERS = ["maxmemory-policy", "appendonly", "appendfsync", "save"];

async function readConfig(
  connection: RedisConnection,
): Promise<ReadonlyMap<string, string> | undefined> {
  const answer = await unlessForbidden(connection.command("CONFIG", "GET", ...PARAMETERS));
  if (answer === undefined) return undefined;
  const flat = asList(answer).map(asText);
  return new Map(PARAMETERS.map((name) => [name, flat[flat.indexOf(name) + 1] ?? ""]));
}

/** Undefined where Redis answers with an error; hosted ones forbid some commands. */
async function unlessForbidden<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    const { cause } = QTasksError.from(error);
    if (cause instanceof Error && /^(NOPERM|ERR)\b/.test(cause.message)) return undefined;
    throw error;
  }
}

const FSYNC: Readonly<Record<string, string>> = {
  always: "what is acknowledged is on disk",
  everysec: "what is acknowledged is on disk within a second or two",
  no: "what is acknowledged is on disk when the operating system writes it",
};

function logDurability(config: ReadonlyMap<string, string>, logger: Logger | undefined): void {
  const appendfsync = config.get("appendfsync") ?? "";
  if (config.get("appendonly") === "yes") {
    logger?.info({ appendfsync }, FSYNC[appendfsync] ?? "Redis keeps an append-only file");
  } else if (config.get("save") === "") {
    logger?.warn("Redis writes nothing to disk: when it stops, tasks are lost; set appendonly yes");
  } else {
    logger?.warn(
      "Redis only takes snapshots: when it stops, the latest tasks are lost; set appendonly yes",
    );
  }
}
