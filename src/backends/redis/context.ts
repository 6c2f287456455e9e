/** What the operations of a storage share. */
import type { Keyspace } from "./keys.ts";
import type { RedisConnection } from "./redis-connection.ts";

export interface StorageContext {
  readonly connection: RedisConnection;
  readonly keys: Keyspace;
  /** Logs that a task keeps. */
  readonly maxLogs: number;
}
