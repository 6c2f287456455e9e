/** Three apps in one process: on SQLite, on Redis and in memory, each with a logger of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { pino } from "pino";
import { connect, QueueTasks, type Task } from "../../src/index.ts";
import { assertNoLeaks } from "../support/leaks.ts";
import { countOpen } from "../support/open-things.ts";
import { randomPrefix, redisUrl } from "../support/redis.ts";
import { tempFolder } from "../support/temp.ts";

export interface LogLine {
  readonly name: string;
  readonly workerId?: string;
  readonly [fact: string]: unknown;
}

/** An app with all roles, and what it logs. */
export interface OneOfMany {
  readonly name: string;
  readonly app: QueueTasks;
  readonly square: Task<number, number>;
  /** What its logger writes to. */
  readonly stream: PassThrough;
  readonly lines: LogLine[];
}

export async function threeApps(): Promise<OneOfMany[]> {
  return [
    makeApp("first", `sqlite:${join(tempFolder(), "tasks.db")}`),
    makeApp("second", `${await redisUrl()}?prefix=${randomPrefix()}`),
    makeApp("third", "memory:"),
  ];
}

function makeApp(name: string, url: string): OneOfMany {
  const lines: LogLine[] = [];
  const stream = new PassThrough();
  stream.on("data", (line) => lines.push(JSON.parse(String(line)) as LogLine));
  const app = new QueueTasks({
    url,
    grpc: "127.0.0.1:0",
    http: "127.0.0.1:0",
    logger: pino({ name }, stream),
    workerId: `${name}-worker`,
    env: {},
    configFile: false,
  });
  const square = app.task(`${name}.square`, (n: number, { logger }) => {
    logger.info("squares", { of: n });
    return n * n;
  });
  return { name, app, square, stream, lines };
}

/** Starts all of them, runs a task through each, in the process and over gRPC, and stops them. */
export async function round(apps: readonly OneOfMany[], n: number): Promise<void> {
  await Promise.all(apps.map((one) => turn(one, n)));
}

async function turn({ app, square }: OneOfMany, n: number): Promise<void> {
  await app.start();
  assert.equal(await square.run(n), n * n);
  const client = connect({ address: app.grpcAddress! });
  assert.equal(await client.run(square.name, n + 1), (n + 1) ** 2);
  client.close();
  await app.stop();
}

/**
 * So many rounds leave nothing open, no listener, no descriptor and no thread, and not one more object for each round.
 * What is made once, such as threads of Node's own, is made in the `warmUp` rounds before.
 */
export async function assertRoundsLeaveNothing(warmUp: number, rounds: number): Promise<void> {
  const apps = await threeApps();
  const streams = Object.fromEntries(apps.map(({ name, stream }) => [`${name}'s log`, stream]));
  const { stdout, stderr } = process;
  const emitters = { process, stdout, stderr, ...streams };
  const play = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await round(apps, n);
    for (const { lines } of apps) lines.length = 0;
  };
  await play(warmUp);
  const before = await countObjects();
  await assertNoLeaks(
    () => play(rounds),
    () => countOpen(emitters),
  );
  const more = (await countObjects()) - before;
  assert.ok(more < rounds, `${more} more objects after ${rounds} rounds`);
}

/**
 * Objects, arrays, functions and instances of classes that are left once all garbage is collected, and once what connections
 * leave for their last moments is gone too: some sixty, for up to a fifth of a second.
 */
async function countObjects(): Promise<number> {
  let last = Infinity;
  for (let tries = 0; tries < 20; tries++) {
    const count = queryObjects(Object, { format: "count" });
    if (count >= last) return last;
    last = count;
    await sleep(300);
  }
  return last;
}
