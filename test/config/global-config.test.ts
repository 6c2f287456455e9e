import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStorage } from "../../src/backends/memory/memory-storage.ts";
import type { ConfigChange, GlobalConfig } from "../../src/config/global-config.ts";
import { StorageConfig } from "../../src/config/storage-config.ts";
import { QTasksError } from "../../src/core/errors.ts";

/** Two servers on one storage. */
function setup(): { one: GlobalConfig; other: GlobalConfig; storage: MemoryStorage } {
  const storage = new MemoryStorage();
  return { storage, one: new StorageConfig(storage), other: new StorageConfig(storage) };
}

function shown(change: ConfigChange): unknown {
  if (change.kind === "deleted") return [change.key];
  return [change.entry.key, change.entry.value, change.entry.version];
}

test("values are shared, versioned and listed by prefix", async () => {
  const { one, other } = setup();
  assert.equal(await one.get("a.x"), undefined);
  assert.equal((await one.put({ key: "a.x", value: { n: 1 } })).version, 1);
  assert.equal((await other.put({ key: "a.x", value: { n: 2 } })).version, 2);
  await one.put({ key: "b", value: null });
  const entry = await other.get("a.x");
  assert.deepEqual([entry?.value, entry?.version], [{ n: 2 }, 2]);
  assert.deepEqual(
    (await one.list("a.")).map(({ key }) => key),
    ["a.x"],
  );
  await one.delete("a.x");
  await one.delete("a.x");
  assert.equal(await other.get("a.x"), undefined);
});

test("compare-and-set: one of two wins, a repeat answers as the first time", async () => {
  const { one, other } = setup();
  await one.put({ key: "k", value: 0, expectedVersion: 0 });
  assert.equal((await one.put({ key: "k", value: 0, expectedVersion: 0 })).version, 1);
  const both = await Promise.allSettled([
    one.put({ key: "k", value: "one", expectedVersion: 1 }),
    other.put({ key: "k", value: "other", expectedVersion: 1 }),
  ]);
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  await assert.rejects(one.put({ key: "k", value: 1, expectedVersion: 7 }), {
    reason: "REVISION_MISMATCH",
    message: "the value k has version 2, not 7",
  });
});

test("a value with a time to live is gone after it, by the storage's clock", async () => {
  let now = 1_000;
  const storage = new MemoryStorage({ clock: { now: () => now, monotonic: () => now } });
  const config = new StorageConfig(storage);
  assert.equal(config.now(), 1_000);
  await config.put({ key: "k", value: 1, ttlMs: 50 });
  now += 49;
  assert.equal((await config.get("k"))?.value, 1);
  now += 1;
  assert.equal(await config.get("k"), undefined);
});

test("a watch gives what is there, then what changes, until it is ended", async () => {
  const { one, other } = setup();
  await one.put({ key: "a.x", value: 1 });
  const ending = new AbortController();
  const watch = other.watch({ prefix: "a.", signal: ending.signal })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const step = await watch.next();
    return step.done === true ? "end" : shown(step.value);
  };
  assert.deepEqual(await next(), ["a.x", 1, 1]);
  const parked = next();
  await one.put({ key: "b", value: "not asked for" });
  await one.put({ key: "a.y", value: 2 });
  assert.deepEqual(await parked, ["a.y", 2, 1]);
  await one.delete("a.x");
  assert.deepEqual(await next(), ["a.x"]);
  // Changes of one key are merged while nobody reads; the last one comes.
  for (let n = 3; n <= 9; n++) await one.put({ key: "a.y", value: n });
  assert.deepEqual(await next(), ["a.y", 9, 8]);
  const last = next();
  ending.abort();
  assert.equal(await last, "end");
});

test("after a gap in the notices a watch finds what it missed", async () => {
  const storage = new MemoryStorage();
  let tell: Parameters<MemoryStorage["subscribe"]>[0] | undefined;
  const deaf = {
    documents: storage.documents,
    now: () => storage.now(),
    subscribe: (listener: typeof tell) => {
      tell = listener;
      return () => (tell = undefined);
    },
  };
  const config = new StorageConfig(deaf);
  await config.put({ key: "gone", value: 1 });
  const changes: unknown[] = [];
  for await (const change of config.watch()) {
    changes.push(shown(change));
    if (changes.length === 1) {
      await config.delete("gone");
      await config.put({ key: "new", value: 2 });
      tell?.({ kind: "gap" });
    }
    if (changes.length === 3) break;
  }
  assert.deepEqual(changes, [["gone", 1, 1], ["gone"], ["new", 2, 1]]);
  assert.equal(tell, undefined);
});

test("a watch goes on over a storage that is away; one that begins then says so", async () => {
  const storage = new MemoryStorage();
  let isAway = false;
  const reach = <T>(answer: () => Promise<T>): Promise<T> =>
    isAway
      ? Promise.reject(new QTasksError("STORAGE_UNAVAILABLE", "the storage is away"))
      : answer();
  const { documents } = storage;
  const config = new StorageConfig({
    documents: {
      get: (params) => reach(() => documents.get(params)),
      list: (params) => reach(() => documents.list(params)),
      put: (params) => documents.put(params),
      remove: (params) => documents.remove(params),
    },
    now: () => storage.now(),
    subscribe: (listener) => storage.subscribe(listener),
  });
  await config.put({ key: "k", value: 1 });
  await config.put({ key: "gone", value: 1 });
  const watch = config.watch();
  const next = async (): Promise<unknown> => shown((await watch.next()).value!);
  assert.deepEqual(
    [await next(), await next()],
    [
      ["gone", 1, 1],
      ["k", 1, 1],
    ],
  );
  const parked = next();
  isAway = true;
  await config.put({ key: "k", value: 2 });
  await config.delete("gone");
  await new Promise(setImmediate);
  await assert.rejects(config.watch().next(), { reason: "STORAGE_UNAVAILABLE" });
  isAway = false;
  assert.deepEqual([await parked, await next()], [["gone"], ["k", 2, 2]]);
  await watch.return();
});

test("keys and values that can't be kept are refused", async () => {
  const { one } = setup();
  await assert.rejects(one.put({ key: "with space", value: 1 }), { reason: "FIELD_VIOLATION" });
  await assert.rejects(one.put({ key: "k", value: undefined }), { reason: "FIELD_VIOLATION" });
});
