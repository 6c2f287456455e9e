import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { packCreate, unpackFound } from "../../../src/backends/sqlite/record-packing.ts";
import type { PackedRecords } from "../../../src/backends/sqlite/engine/storage-calls.ts";
import type { Answer } from "../../../src/backends/sqlite/thread/calls.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import { makeRecord, makeSpec } from "../../../src/testing/contract/records.ts";
import { add } from "../../../src/testing/contract/scenes.ts";
import { openDirect, type Direct } from "./direct.ts";
import { freshFolder, openStorage } from "./fresh.ts";

const BIG = makeSpec("mail.send", 900_000);

const createOf = (...records: TaskRecord[]): readonly [string, unknown] => [
  "create",
  packCreate({ tasks: records.map((record) => ({ record })) }),
];

function limitPages(db: Direct["db"], spare: number): void {
  const { page_count: pages } = db.prepare("PRAGMA page_count").get() as { page_count: number };
  db.exec(`PRAGMA max_page_count = ${pages + spare}`);
}

function reasonOf(answer: Answer | undefined): string {
  return answer?.failure?.reason ?? "none";
}

function isThere({ flush }: Direct, record: TaskRecord): boolean {
  const [answer] = flush(["read", { ids: [record.id] }]);
  assert.ok(answer !== undefined && answer.failure === undefined);
  return unpackFound(answer.value as PackedRecords)[0] !== undefined;
}

test("a full disk fails the calls that have no room, whole, and no others", async (t) => {
  const direct = await openDirect(t);
  limitPages(direct.db, 20);
  const [small, other, big, last] = [
    makeRecord(),
    makeRecord(),
    makeRecord({ spec: BIG }),
    makeRecord(),
  ];
  const answers = direct.flush(createOf(small), createOf(other, big), createOf(last));
  assert.deepEqual(answers.map(reasonOf), ["none", "STORAGE_UNAVAILABLE", "none"]);
  assert.match(answers[1]!.failure!.message, /a\.db: database or disk is full/);
  const there = [small, other, big, last].map((record) => isThere(direct, record));
  assert.deepEqual(there, [true, false, false, true], "half of a call was written");
});

test("after a full disk the storage goes on, its counters and names too", async (t) => {
  const direct = await openDirect(t);
  limitPages(direct.db, 20);
  const named = { queue: "fresh", name: "fresh.name" };
  const big = makeRecord({ ...named, spec: BIG });
  assert.equal(reasonOf(direct.flush(createOf(big))[0]), "STORAGE_UNAVAILABLE");
  assert.equal(direct.session.broken, false);
  direct.db.exec("PRAGMA max_page_count = 1000000");
  const [answer] = direct.flush(createOf(makeRecord(named)), createOf(big));
  assert.equal(reasonOf(answer), "none");
  const [stats] = direct.flush(["queueStats", { queues: [] }]);
  assert.ok(stats !== undefined && stats.failure === undefined);
  const [queue] = stats.value as { queue: string; waitingNames: string[] }[];
  assert.equal(queue?.queue, "fresh");
  assert.deepEqual(queue?.waitingNames, ["fresh.name"]);
});

test("a hand-out that was rolled back is no repeat", async (t) => {
  const direct = await openDirect(t);
  const record = makeRecord();
  direct.flush(createOf(record));
  const params = {
    offers: [{ queue: record.queue, names: [record.name] }],
    max: 10,
    maxBytes: 1_000_000,
    nonce: "1".repeat(32),
    sessionId: "s",
    workerId: "w",
    leaseMs: 1_000,
    delivered: true,
  };
  limitPages(direct.db, 2);
  const [first, refused] = direct.flush(["handOut", params], createOf(makeRecord({ spec: BIG })));
  assert.equal(reasonOf(refused), "STORAGE_UNAVAILABLE");
  assert.ok(first !== undefined && first.failure === undefined);
  const value = first.value as { ids: string[]; repeated: boolean };
  assert.deepEqual(value.ids, [record.id]);
  assert.equal(value.repeated, false, "the call was run again, but not by its caller");
});

test("an error of the disk fails the calls, and the next one opens the file again", async (t) => {
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db") });
  const [before, after] = [makeRecord(), makeRecord()];
  await add(storage, before);
  const { keyspaceId } = storage;
  await limitFileSize("1000");
  try {
    await assert.rejects(add(storage, makeRecord()), isUnavailable);
    await assert.rejects(add(storage, makeRecord()), isUnavailable);
  } finally {
    await limitFileSize("unlimited");
  }
  await add(storage, after);
  const records = await storage.read({ ids: [before.id, after.id] });
  assert.ok(records.every((record) => record !== undefined));
  assert.equal(storage.keyspaceId, keyspaceId);
});

/** The largest file that this process may write, in bytes: beyond it, writes fail. */
async function limitFileSize(bytes: string): Promise<void> {
  await promisify(execFile)("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:`]);
}

function isUnavailable(error: unknown): boolean {
  assert.ok(error instanceof QTasksError);
  assert.equal(error.reason, "STORAGE_UNAVAILABLE", error.message);
  assert.match(error.message, /a\.db/);
  return true;
}

test("a call that can't be sent fails alone", async (t) => {
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db") });
  const [first, last] = [makeRecord(), makeRecord()];
  const calls = [
    add(storage, first),
    storage.read({ ids: [(() => "a function can't be cloned") as unknown as string] }),
    add(storage, last),
  ];
  const reasons = (await Promise.allSettled(calls)).map(({ status }) => status);
  assert.deepEqual(reasons, ["fulfilled", "rejected", "fulfilled"]);
});

test("a file that is gone after a fault is not made anew", async (t) => {
  const folder = await freshFolder(t);
  const path = join(folder, "a.db");
  const storage = await openStorage(t, { path });
  await add(storage, makeRecord());
  await limitFileSize("1000");
  try {
    await assert.rejects(add(storage, makeRecord()), isUnavailable);
  } finally {
    await limitFileSize("unlimited");
  }
  await rm(path);
  await assert.rejects(storage.ping(), isUnavailable);
  await assert.rejects(storage.ping(), isUnavailable);
  assert.deepEqual((await readdir(folder)).includes("a.db"), false);
});

test("calls on a storage that was not started, or was stopped, are refused", async (t) => {
  const storage = await openStorage(t, { path: join(await freshFolder(t), "a.db") });
  const creation = add(storage, makeRecord());
  await storage.stop();
  await creation;
  await assert.rejects(storage.ping(), isUnavailable);
  await storage.stop();
});
