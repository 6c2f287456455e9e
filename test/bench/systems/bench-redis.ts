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
  /** What its data takes: `used_memory` without the buffers of clients and of the log. */
  usedBytes(): Promise<number>;
  /** Commands so far, those inside scripts included, and without questions such as this. */
  commandCount(): Promise<number>;
  /** Counts what clients send from now on, without what scripts do; the function that it returns ends that. */
  watchCommands(): Promise<() => number>;
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
      const info = await redis.info("memory");
      const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1]);
      return field("used_memory") - field("mem_clients_normal") - field("mem_aof_buffer");
    },
    async commandCount() {
      const stats = await redis.info("commandstats");
      return [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
        .filter(([, name]) => name !== "info")
        .reduce((sum, [, , calls]) => sum + Number(calls), 0);
    },
    async watchCommands() {
      const monitor = await redis.monitor();
      let sent = 0;
      monitor.on("monitor", (_time: string, _args: readonly string[], source: string) => {
        if (source !== "lua") sent++;
      });
      return () => {
        monitor.disconnect();
        return sent;
      };
    },
    async stop() {
      redis.disconnect();
      await server.kill();
      rmSync(server.dir, { recursive: true, force: true });
    },
  };
}
