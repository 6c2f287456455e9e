/**
 * Prints what a task's life costs Redis, by operation and batch size: processor time of the Redis process, commands that
 * scripts call, and bytes per waiting and per finished task.
 *
 *   node test/bench/redis/cost.ts [--tasks 20000] [--rounds 3] [--batches 100,500] [--against FOLDER]
 *
 * `--against` names another checkout, whose storage takes turns with this one in the same run. Drives the storages
 * directly, on a Redis of their own each. Printed for people, asserted nowhere.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nonce } from "../../../src/core/ids.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { succeed } from "../../../src/core/transitions.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import { everyByte, makeRecord, makeSpec } from "../../../src/testing/contract/records.ts";
import { startRedis } from "../../support/redis.ts";
import { RedisMeter, type Cost } from "./meter.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
    batches: { type: "string", default: "100,500" },
    against: { type: "string" },
  },
});
const TASKS = Number(values.tasks);
const ROUNDS = Number(values.rounds);
const BATCHES = values.batches.split(",").map(Number);
const WARM_UP = 2_000;
/** Tasks that share a millisecond, as at 20,000 a second. */
const PER_MS = 20;
const NAME = "bench.noop";
/** 270 bytes: as long as a task with a payload of 200 bytes, once the defaults are written into its options. */
const SPEC = makeSpec(NAME, 252);
const RESULT = everyByte(24);
const OPERATIONS = ["create", "handOut", "finish", "purge"] as const;

interface Round {
  readonly costs: Readonly<Record<(typeof OPERATIONS)[number], Cost>>;
  readonly waitingBytes: number;
  readonly finishedBytes: number;
}

const folders = new Map([["here", join(import.meta.dirname, "../../..")]]);
if (values.against !== undefined) folders.set("against", values.against);

const rounds = new Map<string, Round[]>();
for (let round = 0; round < ROUNDS; round++)
  for (const batch of BATCHES)
    for (const [name, folder] of folders) {
      const key = `${name.padEnd(8)} ${String(batch).padStart(5)}`;
      rounds.set(key, [...(rounds.get(key) ?? []), await measure(folder, batch)]);
    }
for (const [key, some] of rounds) print(key, some);

async function measure(folder: string, batch: number): Promise<Round> {
  const module = join(folder, "src/backends/redis/redis-storage.ts");
  const { RedisStorage } = (await import(module)) as {
    RedisStorage: new (options: { url: string }) => Joint;
  };
  const server = await startRedis();
  const storage = new RedisStorage({ url: server.url });
  await storage.start();
  const meter = await RedisMeter.open(server.url);
  await live(storage, meter, WARM_UP, batch);
  const round = await live(storage, meter, TASKS, batch);
  await meter.close();
  await storage.stop();
  await server.stop();
  return round;
}

async function live(
  storage: Joint,
  meter: RedisMeter,
  tasks: number,
  batch: number,
): Promise<Round> {
  const createdAt = Date.now() - 100_000;
  const records = Array.from({ length: tasks }, (_, index) =>
    makeRecord({
      name: NAME,
      spec: SPEC,
      createdAt: createdAt + Math.floor(index / PER_MS),
      retentionMs: 60_000,
    }),
  );
  const empty = await meter.bytes();
  const create = await meter.cost(tasks, async () => {
    for (let from = 0; from < tasks; from += batch) {
      const some = records.slice(from, from + batch);
      await storage.create({ tasks: some.map((record) => ({ record })) });
    }
  });
  const waitingBytes = (await meter.bytes()) - empty;
  const running: TaskRecord[] = [];
  const handOut = await meter.cost(tasks, async () => {
    while (running.length < tasks) running.push(...(await take(storage, batch)));
  });
  const endedAt = Date.now() - 120_000;
  const ended = running.map((record) =>
    succeed(record, { now: endedAt, reported: true, result: RESULT }),
  );
  const finish = await meter.cost(tasks, async () => {
    for (let from = 0; from < tasks; from += batch) {
      const some = ended.slice(from, from + batch);
      const changes = some.map((after) => ({ revision: after.revision - 1, after }));
      const verdicts = await storage.write({ changes });
      if (verdicts.some(({ kind }) => kind !== "applied")) throw new Error("a write was refused");
    }
  });
  const finishedBytes = (await meter.bytes()) - empty;
  const purge = await meter.cost(tasks, async () => {
    let left = tasks;
    while (left > 0) left -= (await storage.purge({ limit: batch })).count;
  });
  return {
    costs: { create, handOut, finish, purge },
    waitingBytes: waitingBytes / tasks,
    finishedBytes: finishedBytes / tasks,
  };
}

async function take(storage: Joint, max: number): Promise<readonly TaskRecord[]> {
  const { records } = await storage.handOut({
    offers: [{ queue: "default", names: [NAME] }],
    max,
    maxBytes: 4 << 20,
    nonce: nonce(),
    sessionId: "0189d9a0-1111-7222-8333-444455556666",
    workerId: "worker-1",
    leaseMs: 20_000,
    delivered: true,
  });
  if (records.length === 0) throw new Error("nothing was handed out");
  return records;
}

function print(key: string, some: readonly Round[]): void {
  // The least: what else the machine does only adds.
  const of = (pick: (round: Round) => number) => Math.min(...some.map(pick));
  console.log(`\n${key} a batch, ${TASKS} tasks, least of ${ROUNDS}`);
  console.log("operation   cpu µs   script µs   commands   which");
  for (const operation of OPERATIONS) {
    const row = [
      of(({ costs }) => costs[operation].cpu),
      of(({ costs }) => costs[operation].script),
      of(({ costs }) => costs[operation].commands),
    ];
    const cells = row.map((value) => value.toFixed(2)).join("      ");
    console.log(`${operation.padEnd(10)} ${cells}   ${some[0]!.costs[operation].which}`);
  }
  const life = of(
    ({ costs: { create, handOut, finish } }) => create.cpu + handOut.cpu + finish.cpu,
  );
  console.log(`life       ${life.toFixed(2)} µs without the purge`);
  const [waiting, finished] = [of((one) => one.waitingBytes), of((one) => one.finishedBytes)];
  console.log(`bytes      ${waiting.toFixed(0)} waiting, ${finished.toFixed(0)} finished`);
}
