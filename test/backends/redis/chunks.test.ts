/** Chunked sets, whose members hold several ids: whatever happens to tasks, each is in the sets of its state, once. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import type { Redis } from "ioredis";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { idsIn } from "../../../src/backends/redis/chunks.ts";
import { RedisStorage } from "../../../src/backends/redis/redis-storage.ts";
import { nonce } from "../../../src/core/ids.ts";
import { isLeased, isTerminal, isWaiting, type TaskRecord } from "../../../src/core/record.ts";
import { endWaiting, reschedule, succeed } from "../../../src/core/transitions.ts";
import { makeFailure, makeRecord } from "../../../src/testing/contract/records.ts";
import { add, listIds, filterOf } from "../../../src/testing/contract/scenes.ts";
import { randomPrefix, redisUrl } from "../../support/redis.ts";
import { withRedis } from "./fresh.ts";

interface Scene {
  readonly storage: RedisStorage;
  readonly redis: Redis;
  readonly prefix: string;
  /** What is stored. */
  readonly records: Map<string, TaskRecord>;
}

async function withScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  const url = await redisUrl();
  const prefix = randomPrefix();
  const storage = new RedisStorage({ url, prefix });
  await storage.start();
  await withRedis(url, (redis) => body({ storage, redis, prefix, records: new Map() }));
  await storage.stop();
}

async function create({ storage, records }: Scene, created: readonly TaskRecord[]): Promise<void> {
  await add(storage, ...created);
  for (const record of created) records.set(record.id, record);
}

async function change({ storage, records }: Scene, afters: readonly TaskRecord[]): Promise<void> {
  const changes = afters.map((after) => ({ revision: records.get(after.id)!.revision, after }));
  const verdicts = await storage.write({ changes });
  assert.ok(verdicts.every(({ kind }) => kind === "applied"));
  for (const after of afters) records.set(after.id, after);
}

async function handOut({ storage, records }: Scene, max: number): Promise<string[]> {
  const { records: started } = await storage.handOut({
    offers: [{ queue: "default", names: ["mail.send", "mail.check"] }],
    max,
    maxBytes: 1e9,
    nonce: nonce(),
    sessionId: "s",
    workerId: "w",
    leaseMs: 60_000,
    delivered: true,
  });
  for (const record of started) records.set(record.id, record);
  return started.map(({ id }) => id);
}

async function remove({ storage, records }: Scene, gone: readonly TaskRecord[]): Promise<void> {
  await storage.remove({ items: gone.map(({ id, revision }) => ({ id, revision })) });
  for (const { id } of gone) records.delete(id);
}

/** Every set holds exactly the ids that it should. */
async function checkSets({ redis, prefix, records }: Scene): Promise<void> {
  const all = [...records.values()];
  const idsOf = (some: readonly TaskRecord[]) => some.map(({ id }) => id).toSorted();
  const read = async (part: string): Promise<string[]> => {
    const members = await redis.zrange(`{${prefix}:0}${part}`, "0", "-1");
    return members.flatMap(idsIn).toSorted();
  };
  assert.deepEqual(await read("c"), idsOf(all));
  assert.deepEqual(await read("l"), idsOf(all.filter(({ state }) => isLeased(state))));
  for (const name of ["mail.send", "mail.check"]) {
    const pending = all.filter((one) => one.name === name && isWaiting(one.state));
    assert.deepEqual(await read(`r:default\0${name}`), idsOf(pending));
  }
}

function inOrder(a: TaskRecord, b: TaskRecord): number {
  return b.priority - a.priority || a.orderAt - b.orderAt || (a.id < b.id ? -1 : 1);
}

function cancel(record: TaskRecord): TaskRecord {
  const end = { now: Date.now(), failure: makeFailure("Canceled") };
  return endWaiting(record, TaskState.CANCELED, end);
}

function some<T>(items: readonly T[], most: number): T[] {
  const from = randomInt(items.length + 1);
  return items.slice(from, from + randomInt(most + 1));
}

test("random lives of tasks that share few times", async () => {
  await withScene(async (scene) => {
    const start = Date.now() - 60_000;
    const make = () => {
      const name = ["mail.send", "mail.check"][randomInt(2)]!;
      return makeRecord({ name, createdAt: start + randomInt(3), priority: randomInt(2) });
    };
    const of = (matches: (state: TaskState) => boolean) =>
      [...scene.records.values()].filter(({ state }) => matches(state));
    for (let round = 0; round < 60; round++) {
      await create(scene, Array.from({ length: randomInt(1, 80) }, make));
      const now = Date.now();
      await change(scene, some(of(isWaiting), 10).map(cancel));
      const moved = some(of(isWaiting), 10).map((one) =>
        reschedule(one, { now, priority: randomInt(2) }),
      );
      await change(scene, moved);
      const expected = of(isWaiting).toSorted(inOrder);
      const max = randomInt(1, 60);
      const taken = await handOut(scene, max);
      assert.deepEqual(
        taken,
        expected.slice(0, max).map(({ id }) => id),
      );
      const end = { now, reported: true, result: undefined };
      await change(
        scene,
        some(of(isLeased), 60).map((one) => succeed(one, end)),
      );
      await remove(scene, some(of(isTerminal), 40));
      await checkSets(scene);
    }
    const newest = [...scene.records.values()].toSorted(
      (a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1),
    );
    assert.deepEqual(
      await listIds(scene.storage, filterOf({})),
      newest.map(({ id }) => id),
    );
  });
});

test("a lease that is renewed twice in a batch stands once, at its last end", async () => {
  await withScene(async (scene) => {
    await create(scene, [makeRecord(), makeRecord()]);
    await handOut(scene, 2);
    const [one, other] = [...scene.records.values()];
    const { id, attempt, nonce: own } = one!;
    const renewals = [90_000, 70_000].map((leaseMs) => ({ id, attempt, nonce: own, leaseMs }));
    const verdicts = await scene.storage.renew({ renewals });
    await checkSets(scene);
    await change(scene, [succeed(other!, { now: Date.now(), reported: true, result: undefined })]);
    const last = verdicts[1]!;
    assert.ok(last.kind === "held");
    assert.deepEqual(await scene.storage.overdue({ limit: 1 }), {
      records: [],
      nextAt: last.leaseEndAt,
    });
    await checkSets(scene);
  });
});

test("of two changes of a task in a batch the first is applied", async () => {
  await withScene(async (scene) => {
    const record = makeRecord();
    await create(scene, [record]);
    const changes = [1, 2].map((priority) => {
      const after = reschedule(record, { now: Date.now(), priority });
      return { revision: record.revision, after };
    });
    const verdicts = await scene.storage.write({ changes });
    const [first] = changes;
    assert.deepEqual(verdicts[0], { kind: "applied" });
    assert.equal(verdicts[1]?.kind, "conflict");
    scene.records.set(record.id, first!.after);
    await checkSets(scene);
    assert.deepEqual((await scene.storage.read({ ids: [record.id] }))[0]?.priority, 1);
  });
});

test("thousands of one moment: one leaves, and many", async () => {
  await withScene(async (scene) => {
    const createdAt = Date.now() - 60_000;
    const records = Array.from({ length: 3_000 }, () => makeRecord({ createdAt }));
    await create(scene, records);
    const [one, ...others] = records.slice(1_234, 1_800);
    await change(scene, [cancel(one!)]);
    await checkSets(scene);
    await change(scene, others.map(cancel));
    await checkSets(scene);
    const ended = [...scene.records.values()].filter(({ state }) => isTerminal(state));
    await remove(scene, ended.slice(0, 1));
    await remove(scene, ended.slice(1));
    await checkSets(scene);
    const left = [...scene.records.keys()].toSorted();
    assert.deepEqual(await listIds(scene.storage, filterOf({})), left.toReversed());
    assert.deepEqual(await handOut(scene, 1_000), left.slice(0, 1_000));
    await checkSets(scene);
  });
});
