/** Counts of work per task that do not depend on the machine. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Redis } from "ioredis";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import { RedisStorage } from "../../src/backends/redis/redis-storage.ts";
import { SqliteStorage } from "../../src/backends/sqlite/sqlite-storage.ts";
import { startRedis } from "../support/redis.ts";
import { tempFolder } from "../support/temp.ts";
import { total } from "./counted.ts";
import { INPUT, NAME, openRig, type Rig } from "./rig.ts";

const TASKS = 10_000;
/** Enough for every key, index and prepared statement to exist. */
const WARM_UP = 500;
/** Tasks of which each is enqueued when the one before it has ended. */
const ALONE = 500;

/** A figure per task, by what was counted. */
export type Measures = Record<string, number>;

/** All of them. */
export async function measureAll(): Promise<Measures> {
  return { ...(await measureCalls()), ...(await measureRedis()), ...(await measureSqlite()) };
}

/** RPCs of clients and workers. Over memory: the backend has no part in them. */
async function measureCalls(): Promise<Measures> {
  const rig = await openRig(new MemoryStorage());
  const { client, clientCalls, workerCalls } = rig;
  await oneByOne(rig);
  const alone = total(clientCalls) / ALONE;
  clientCalls.clear();
  const results = await client.enqueueMany(many(TASKS));
  const enqueue = total(clientCalls) / TASKS;
  clientCalls.clear();
  workerCalls.clear();
  const awaited = Promise.all(
    results.map((result) => (result.ok ? result.handle.result() : Promise.reject(result.error))),
  );
  await rig.drain(TASKS);
  await awaited;
  const measures = {
    "RPCs of a client that runs one task at a time": alone,
    "RPCs of a client that enqueues many": enqueue,
    "RPCs of a client that awaits many": total(clientCalls) / TASKS,
    "RPCs of a worker": total(workerCalls) / TASKS,
  };
  await rig.close();
  return measures;
}

async function measureRedis(): Promise<Measures> {
  const server = await startRedis();
  const redis = new Redis(server.url);
  const rig = await openRig(new RedisStorage({ url: server.url, prefix: "guard" }));
  await life(rig, WARM_UP);
  const fresh = await look(redis);
  await oneByOne(rig);
  const before = await look(redis);
  await rig.client.enqueueMany(many(TASKS));
  const waiting = await look(redis);
  await rig.drain(TASKS);
  const finished = await look(redis);
  await rig.close();
  redis.disconnect();
  await server.stop();
  return {
    "Redis: scripts sent for one task at a time": (before.scripts - fresh.scripts) / ALONE,
    "Redis: commands run for one task at a time": (before.commands - fresh.commands) / ALONE,
    "Redis: scripts sent to enqueue": (waiting.scripts - before.scripts) / TASKS,
    "Redis: scripts sent to hand out and finish": (finished.scripts - waiting.scripts) / TASKS,
    "Redis: commands run to enqueue": (waiting.commands - before.commands) / TASKS,
    "Redis: commands run to hand out and finish": (finished.commands - waiting.commands) / TASKS,
    "Redis: bytes of a waiting task": (waiting.bytes - before.bytes) / TASKS,
    "Redis: bytes of a finished task": (finished.bytes - before.bytes) / TASKS,
  };
}

async function measureSqlite(): Promise<Measures> {
  const path = join(tempFolder(), "guard.db");
  const empty = await sizeAfter(path, (rig) => life(rig, WARM_UP));
  const waiting = await sizeAfter(path, (rig) => rig.client.enqueueMany(many(TASKS)));
  const finished = await sizeAfter(path, (rig) => rig.drain(TASKS));
  return {
    "SQLite: bytes of a waiting task": (waiting - empty) / TASKS,
    "SQLite: bytes of a finished task": (finished - empty) / TASKS,
  };
}

/** Bytes of the file once it is closed, with nothing left in its log. */
async function sizeAfter(path: string, work: (rig: Rig) => Promise<unknown>): Promise<number> {
  const rig = await openRig(new SqliteStorage({ path }));
  await work(rig);
  await rig.close();
  return (await stat(path)).size;
}

async function life(rig: Rig, tasks: number): Promise<void> {
  await rig.client.enqueueMany(many(tasks));
  await rig.drain(tasks);
}

async function oneByOne(rig: Rig): Promise<void> {
  const running = rig.drain(ALONE);
  for (let at = 0; at < ALONE; at++) await rig.client.run(NAME, INPUT);
  await running;
}

function many(count: number) {
  return Array.from({ length: count }, () => ({ name: NAME, input: INPUT }));
}

/** What Redis has done so far, and the memory that it takes. Commands within scripts count, questions of ours don't. */
async function look(redis: Redis) {
  const stats = await redis.info("commandstats");
  let [scripts, commands] = [0, 0];
  for (const [, name, calls] of stats.matchAll(/^cmdstat_(\S+):calls=(\d+)/gm)) {
    if (name === "evalsha" || name === "eval") scripts += Number(calls);
    else if (name !== "info") commands += Number(calls);
  }
  const [, bytes] = /^used_memory:(\d+)/m.exec(await redis.info("memory")) ?? [];
  return { scripts, commands, bytes: Number(bytes) };
}
