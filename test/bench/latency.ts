/**
 * Prints the time from enqueue to result on an idle local server with its in-process worker, over gRPC, for each
 * backend: `npm run bench:latency [-- TASKS]`. Printed for people, asserted nowhere.
 *
 * The backends take turns, round by round, so that a machine which is slower for a while is so for each of them.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { connect, type TaskClient } from "../../src/client/index.ts";
import { randomPrefix, redisUrl } from "../support/redis.ts";
import { tempFolder } from "../support/temp.ts";

const TASKS = Number(process.argv[2] ?? 2_000);
const ROUNDS = 5;
const WARM_UP = 2_000;
// One task right after the other, and each after processors have gone to sleep, from which they take time to wake.
const PAUSES_MS = [0, 2];
const HANDLERS = join(import.meta.dirname, "../e2e/handlers.ts");
const CLI = join(import.meta.dirname, "../../bin/qtasks.js");

const BACKENDS = {
  memory: async () => "memory:",
  sqlite: async () => `sqlite:${join(tempFolder(), "tasks.db")}`,
  redis: async () => `${await redisUrl()}?prefix=${randomPrefix()}`,
};

interface Subject {
  readonly name: string;
  readonly client: TaskClient;
  readonly stop: () => Promise<void>;
  /** Times of each round, in ms, by the pause. */
  readonly rounds: Map<number, number[][]>;
}

const subjects: Subject[] = [];
for (const [name, url] of Object.entries(BACKENDS)) {
  const { address, stop } = await startServer(await url());
  subjects.push({ name, client: connect({ address }), stop, rounds: new Map() });
}
for (const { client } of subjects) await measure(client, WARM_UP, 0);
for (let round = 0; round < ROUNDS; round++)
  for (const pauseMs of PAUSES_MS)
    for (const { client, rounds } of subjects) {
      const times = await measure(client, Math.ceil(TASKS / ROUNDS), pauseMs);
      rounds.set(pauseMs, [...(rounds.get(pauseMs) ?? []), times]);
    }

console.log(
  `enqueue to result, one task at a time, ${TASKS} tasks in ${ROUNDS} rounds, Node ${process.versions.node}`,
);
console.log("backend    pause ms   p50 ms   p90 ms   p99 ms   max ms   p50 of the rounds");
for (const { name, client, stop, rounds } of subjects) {
  for (const [pauseMs, times] of rounds) {
    const row = [0.5, 0.9, 0.99, 1].map((share) => at(times.flat(), share).toFixed(2).padStart(9));
    const medians = times.map((some) => at(some, 0.5)).toSorted((a, b) => a - b);
    const range = `${medians[0]!.toFixed(2)} to ${medians.at(-1)!.toFixed(2)}`;
    console.log(name.padEnd(10) + String(pauseMs).padStart(9) + row.join("") + range.padStart(20));
  }
  client.close();
  await stop();
}

async function measure(client: TaskClient, count: number, pauseMs: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    await client.run("e2e.noop");
    times.push(performance.now() - startedAt);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  return times;
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function startServer(url: string) {
  const listeners = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"];
  const args = [CLI, "serve", "--url", url, "--app", HANDLERS, ...listeners];
  const server = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(server, "exit");
  for await (const line of createInterface({ input: server.stderr })) {
    const address = /serves gRPC on (\S+:\d+)/.exec(line)?.[1];
    if (address === undefined) continue;
    server.stderr.resume();
    const stop = async () => {
      server.kill("SIGTERM");
      await ended;
    };
    return { address, stop };
  }
  throw new Error(`the server for ${url} did not start`);
}
