/** The Redis of one measured system: of its own, and set up alike for all. */
import { rmSync } from "node:fs";
import { Redis } from "ioredis";
import { startRedis } from "../../support/redis.ts";

/** How the Redis keeps what it acknowledged, for people. */
export const REDIS_DURABILITY = "Redis, appendonly, fsync each second";

// A rewrite of the log in the middle of a measurement would be measured with it.
const ARGS = ["--appendfsync", "everysec", "--auto-aof-rewrite-percentage", "0"];

/** A running redis-server with a connection for questions about it. */
export interface BenchRedis {
  readonly port: number;
  readonly pid: number;
  readonly url: string;
  /** `used_memory` of INFO. */
  usedBytes(): Promise<number>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts an empty redis-server on a free port. */
export async function startBenchRedis(): Promise<BenchRedis> {
  const server = await startRedis({ appendonly: true, args: ARGS });
  const redis = new Redis(server.url);
  return {
    port: server.port,
    pid: server.pid,
    url: server.url,
    async usedBytes() {
      return Number(/^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1]);
    },
    async stop() {
      redis.disconnect();
      await server.kill();
      rmSync(server.dir, { recursive: true, force: true });
    },
  };
}
