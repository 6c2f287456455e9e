/** What a Redis URL says. */
import { isIP } from "node:net";
import type { RedisOptions } from "ioredis";
import { QTasksError } from "../../core/errors.ts";

/** A parsed URL. `place` is what may be shown: host and port, never credentials. */
export interface RedisTarget {
  readonly options: Pick<RedisOptions, "host" | "port" | "username" | "password" | "db" | "tls">;
  readonly database: number;
  readonly prefix: string | undefined;
  readonly place: string;
}

const DEFAULT_PORT = 6379;

/**
 * Reads `redis://[[user]:password@]host[:port][/database][?prefix=name]`; `rediss` for TLS. Throws
 * CONFIG_INVALID, without the credentials in its text.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "redis:" && url.protocol !== "rediss:"))
    throw invalid("expected redis://host:port/database or rediss://…");
  const host = url.hostname === "" ? "127.0.0.1" : url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
  const database = readDatabase(url.pathname);
  return {
    options: {
      host,
      port,
      db: database,
      ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
      ...(url.protocol === "rediss:" ? { tls: isIP(host) ? {} : { servername: host } } : {}),
    },
    database,
    prefix: readPrefix(url.searchParams),
    place: `${host.includes(":") ? `[${host}]` : host}:${port}`,
  };
}

function readDatabase(path: string): number {
  const text = path.replace(/^\//, "");
  if (text === "") return 0;
  if (!/^\d{1,5}$/.test(text)) throw invalid(`the path is a database's number${shown(text)}`);
  return Number(text);
}

function readPrefix(query: URLSearchParams): string | undefined {
  for (const name of query.keys()) {
    if (name !== "prefix") throw invalid(`there is no parameter but prefix${shown(name)}`);
  }
  return query.get("prefix") ?? undefined;
}

/** CONFIG_INVALID for a prefix of keys that can't be one. */
export function checkPrefix(prefix: string): string {
  if (/^[\w.:/-]{1,100}$/.test(prefix)) return prefix;
  throw invalid(`prefix takes 1 to 100 letters, digits and . : / _ -, not "${prefix}"`);
}

/** What came, unless it may be the end of a password with a `/`, `?` or `#` that is not encoded. */
function shown(text: string): string {
  return text.includes("@") ? "; a password must be percent-encoded" : `, not "${text}"`;
}

function invalid(what: string): QTasksError {
  return new QTasksError("CONFIG_INVALID", `Redis URL: ${what}`);
}
