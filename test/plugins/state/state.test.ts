import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import { StorageConfig } from "../../../src/config/storage-config.ts";
import { QTasksError, QueueTasks, type GlobalConfig } from "../../../src/index.ts";
import { sharedState, type SharedStateOptions } from "../../../src/plugins/state/index.ts";
import { StateStore } from "../../../src/plugins/state/state-store.ts";
import { StateWatch } from "../../../src/plugins/state/watch-state.ts";
import { TestClock, testApp } from "../../../src/testing/index.ts";
import { memoryApp, QUIET } from "../../app/memory-app.ts";
import { assertNoLeaks } from "../../support/leaks.ts";

const MAX_BYTES = 65_536;

function invalid(message: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof QTasksError, String(error));
    assert.equal(error.reason, "CONFIG_INVALID");
    assert.match(error.message, message);
    return true;
  };
}

/** Texts come as numbers' digits, and are kept as numbers. */
const digits: StandardSchemaV1<string, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      /^\d+$/.test(String(value))
        ? { value: Number(value) }
        : { issues: [{ message: "no digits", path: ["at"] }] },
  },
};

test("values are checked by a schema before they are written, and have its types", async (t) => {
  const state = sharedState({ prefix: "typed", schema: digits });
  await memoryApp(t).use(state).start({ server: false, worker: false });
  const put = await state.put({ key: "k", value: "12" });
  const value: number = put.value;
  assert.equal(value, 12);
  const updated = await state.update("k", (before = 0) => `${before + 1}`);
  assert.equal(updated?.value, 13);
  await assert.rejects(state.put({ key: "k", value: "many" }), {
    reason: "FIELD_VIOLATION",
    message: "value.at: no digits",
  });
  await assert.rejects(
    state.update("k", () => "none"),
    { reason: "FIELD_VIOLATION" },
  );
  // @ts-expect-error a number is none of the schema's inputs
  assert.equal((await state.put({ key: "k", value: 7 })).value, 7);
  const counts = sharedState<number>({ prefix: "counts" });
  // @ts-expect-error a text is no number
  const wrong = (): unknown => counts.put({ key: "k", value: "text" });
  assert.ok(wrong);
});

test("what can't be kept is refused, with the limit", async (t) => {
  const state = sharedState({ prefix: "p" });
  await memoryApp(t).use(state).start({ server: false, worker: false });
  const text = (bytes: number): string => "x".repeat(bytes - 2);
  await state.put({ key: "k", value: text(MAX_BYTES) });
  await assert.rejects(state.put({ key: "k", value: text(MAX_BYTES + 1) }), {
    reason: "PAYLOAD_TOO_LARGE",
    message: "the value of k has 65537 bytes of JSON; shared state takes at most 65536",
  });
  const refused = { reason: "FIELD_VIOLATION" };
  await assert.rejects(state.put({ key: "k", value: undefined }), refused);
  await assert.rejects(state.put({ key: "k", value: () => 1 }), refused);
  const within: { self?: unknown } = {};
  within.self = within;
  for (const value of [1n, within]) await assert.rejects(state.put({ key: "k", value }), refused);
  await assert.rejects(state.put({ key: "with space", value: 1 }), refused);
  await assert.rejects(state.put({ key: "x".repeat(250), value: 1 }), refused);
  for (const ttlMs of [0, 1.5, -1, Infinity])
    await assert.rejects(state.put({ key: "k", value: 1, ttlMs }), {
      ...refused,
      message: new RegExp(`^ttlMs: expected a whole number from 1 to \\d+; got ${ttlMs}$`),
    });
  for (const expectedVersion of ["0", NaN, -1] as number[]) {
    const message = /^expectedVersion: expected a whole number of 0 or more; got ("0"|null|-1)$/;
    const params = { key: "k", value: 1, expectedVersion };
    await assert.rejects(state.put(params), { ...refused, message });
    await assert.rejects(state.delete("k", { expectedVersion }), { ...refused, message });
  }
  await assert.rejects(
    state.update("k", async () => 1),
    refused,
  );
  assert.equal((await state.get("k"))?.value, text(MAX_BYTES));
  const config = sharedState({ prefix: "q" });
  const app = memoryApp(t).use(config);
  await (await app.globalConfig()).put({ key: "state:q:k", value: "by hand" });
  await assert.rejects(config.get("k"), {
    message: "the value of k was not written by sharedState()",
  });
});

test("an app whose installation failed can be started again with it", async (t) => {
  const state = sharedState<number>({ prefix: "p" });
  const app = memoryApp(t).use(state);
  let tries = 0;
  app.use({
    name: "refusing",
    install: () => {
      if (tries++ === 0) throw new Error("not yet");
    },
  });
  await assert.rejects(app.start({ server: false }), { message: "not yet" });
  await app.start({ server: false });
  await state.put({ key: "k", value: 1 });
  assert.equal((await state.get("k"))?.value, 1);
});

test("a key that is no text is refused: it would be that of others, such as `undefined`", async (t) => {
  const state = sharedState<number>({ prefix: "p" });
  await memoryApp(t).use(state).start({ server: false });
  for (const key of [undefined, null, 5] as unknown as string[])
    for (const call of [
      () => state.get(key),
      () => state.put({ key, value: 1 }),
      () => state.update(key, () => 1),
      () => state.delete(key),
    ])
      await assert.rejects(call(), { reason: "FIELD_VIOLATION", message: /^key: expected a text/ });
  assert.deepEqual(await state.list(), []);
});

test("options, apps and uses that make no sense are refused by name", async (t) => {
  const options: [unknown, RegExp][] = [
    [{ prefix: "" }, /shared state: prefix: expected 1 to 100 letters.*; got ""/],
    [{ prefix: "a:b" }, /prefix: .*; got "a:b"/],
    [{}, /prefix: .*; got undefined/],
    [{ prefix: "p", schema: 1 }, /schema: expected a Standard Schema, .*; got number/],
  ];
  for (const [option, message] of options)
    assert.throws(() => sharedState(option as SharedStateOptions<undefined>), invalid(message));
  const state = sharedState({ prefix: "p" });
  await assert.rejects(
    state.get("k"),
    invalid(/plugin state:p: no app that was started .* uses it: call app.use/),
  );
  await assert.rejects(
    state.watch().next(),
    invalid(/no app that was started or connected uses it/),
  );
  const app = memoryApp(t).use(state);
  await app.start({ worker: false });
  const second = memoryApp(t).use(state);
  await assert.rejects(second.start(), invalid(/plugin state:p: another app uses it already/));
  const remote = new QueueTasks({ ...QUIET, server: app.grpcAddress });
  t.after(() => remote.stop());
  remote.use(sharedState({ prefix: "p" }));
  const needs = /state:p: it needs an app with a storage of its own; .* server at 127/;
  await assert.rejects(remote.client(), invalid(needs));
  await assert.rejects(remote.start(), invalid(needs));
});

test("states of different prefixes keep apart, also from the values of GlobalConfig", async (t) => {
  const [one, other] = [sharedState({ prefix: "a" }), sharedState({ prefix: "a.b" })];
  const app = memoryApp(t).use(one).use(other);
  const config = await app.globalConfig();
  await config.put({ key: "k", value: "config" });
  await one.put({ key: ".b:k", value: 1 });
  await other.put({ key: "k", value: 2 });
  assert.deepEqual(
    (await one.list()).map(({ value }) => value),
    [1],
  );
  assert.deepEqual(
    (await other.list()).map(({ value }) => value),
    [2],
  );
  assert.equal((await config.get("k"))?.value, "config");
});

test("handlers use it, and a watch ends with the app", async (t) => {
  const state = sharedState<number>({ prefix: "p" });
  const app = memoryApp(t).use(state);
  const count = app.task("count", async (key: string) => {
    return (await state.update(key, (value = 0) => value + 1))!.value;
  });
  await assertNoLeaks(async () => {
    for (const n of [1, 2]) {
      await app.start({ server: false });
      const changes: string[] = [];
      const watching = (async () => {
        for await (const change of state.watch()) changes.push(change.kind);
      })();
      await state.put({ key: "long", value: n, ttlMs: 3_600_000 });
      assert.deepEqual([await count.run("k"), await count.run("k")], [1, 2]);
      await app.stop();
      await watching;
      assert.ok(changes.length > 0);
    }
  });
});

test("a watch whose reader leaves, or never comes, leaves nothing open", async (t) => {
  const state = sharedState({ prefix: "p" });
  const app = memoryApp(t).use(state);
  await assertNoLeaks(async () => {
    await app.client();
    await state.put({ key: "k", value: 1, ttlMs: 3_600_000 });
    for await (const { kind } of state.watch()) {
      assert.equal(kind, "put");
      break;
    }
    const ended = state.watch({ signal: AbortSignal.abort() });
    assert.equal((await ended.next()).done, true);
    assert.equal(typeof state.watch().next, "function");
    await app.stop();
  });
});

test("an idle storage is left alone", async (t) => {
  const calls: string[] = [];
  const state = sharedState({ prefix: "p" });
  const app = memoryApp(t).use(state);
  app.use({
    name: "listener",
    install: ({ hook }) => hook("storage.call", ({ method }) => void calls.push(method)),
  });
  await app.start({ server: false, worker: false });
  const watch = state.watch();
  await state.put({ key: "far", value: 1, ttlMs: 60_000 });
  await watch.next();
  const parked = watch.next();
  await sleep(20);
  calls.length = 0;
  await sleep(300);
  assert.deepEqual(
    calls.filter((call) => call.startsWith("documents.")),
    [],
  );
  await app.stop();
  assert.equal((await parked).done, true);
});

test("time goes by the app's clock: a test moves it", async (t) => {
  const state = sharedState({ prefix: "p" });
  const app = new QueueTasks(QUIET).use(state);
  const kit = await testApp({ app });
  t.after(() => kit.stop());
  await state.put({ key: "day", value: 1, ttlMs: 86_400_000 });
  const watch = state.watch();
  await watch.next();
  const gone = watch.next();
  await kit.clock.advance(86_400_001);
  assert.deepEqual((await gone).value, { kind: "deleted", key: "day" });
  assert.equal(await state.get("day"), undefined);
});

/** A storage whose clock the test holds, and a store on it whose puts wait for `gate`. */
function heldStore() {
  const time = { now: 1_000_000 };
  const clock = { now: () => time.now, monotonic: () => time.now };
  const storage = new MemoryStorage({ clock });
  const config = new StorageConfig(storage);
  const gate = { wait: async (): Promise<void> => undefined };
  const held: GlobalConfig = {
    now: () => config.now(),
    get: (key) => config.get(key),
    list: (prefix) => config.list(prefix),
    delete: (key) => config.delete(key),
    watch: (options) => config.watch(options),
    put: async (params) => {
      await gate.wait();
      return config.put(params);
    },
  };
  const storeOn = (on: GlobalConfig) =>
    new StateStore({ prefix: "p", config: async () => on, check: (value) => value });
  return { time, gate, config, slow: storeOn(held), quick: storeOn(config) };
}

test("a write that was held up never lands on a value that came anew meanwhile", async () => {
  for (const ttlMs of [undefined, 10]) {
    const { time, gate, slow, quick } = heldStore();
    await quick.put({ key: "k", value: "old", ttlMs });
    const [stuck, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    gate.wait = () => {
      stuck.resolve();
      return free.promise;
    };
    const seen: unknown[] = [];
    const late = slow.update(
      "k",
      (value) => {
        seen.push(value);
        return `${String(value)}, updated`;
      },
      {},
    );
    await stuck.promise;
    if (ttlMs === undefined) await quick.delete("k", {});
    else time.now += 20;
    await quick.put({ key: "k", value: "new", expectedVersion: 0 });
    free.resolve();
    assert.equal((await late)?.value, "new, updated");
    assert.deepEqual(seen, ["old", "new"]);
  }
});

test("versions grow even where nothing is left of the value before, and nothing is left for ever", async () => {
  const { time, config, quick } = heldStore();
  const versions = [(await quick.put({ key: "k", value: 1, ttlMs: 1_000 })).version];
  for (let n = 0; n < 10; n++) versions.push((await quick.put({ key: "k", value: n })).version);
  await quick.delete("k", {});
  assert.equal((await config.list()).length, 1);
  time.now += 60_001;
  assert.deepEqual(await config.list(), []);
  versions.push((await quick.put({ key: "k", value: 1, ttlMs: 1_000 })).version);
  time.now += 61_001;
  assert.deepEqual(await config.list(), []);
  assert.deepEqual(
    versions,
    versions.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(versions).size, versions.length);
});

test("an update that others always come before gives up and says so", async () => {
  const { gate, slow, quick } = heldStore();
  let others = 0;
  gate.wait = async () => void (await quick.put({ key: "k", value: ++others }));
  await assert.rejects(
    slow.update("k", () => "mine", {}),
    { reason: "REVISION_MISMATCH", message: "shared state k: others wrote it 50 times in a row" },
  );
  assert.equal(others, 50);
});

test("a watch goes on over a storage that is away as a value expires", async () => {
  const clock = new TestClock();
  const config = new StorageConfig(new MemoryStorage({ clock }));
  let failures = 0;
  let isAway = false;
  const flaky: GlobalConfig = {
    now: () => config.now(),
    list: (prefix) => config.list(prefix),
    put: (params) => config.put(params),
    delete: (key) => config.delete(key),
    watch: (options) => config.watch(options),
    get: async (key) => {
      if (!isAway) return config.get(key);
      failures++;
      throw new QTasksError("STORAGE_UNAVAILABLE", "the storage is away");
    },
  };
  const parts = { prefix: "p", config: async () => flaky, check: (value: unknown) => value };
  const store = new StateStore(parts);
  const ending = new AbortController();
  const { signal } = ending;
  const watch = new StateWatch({ store, config: flaky, clock, prefix: "", signal }).changes();
  await store.put({ key: "lease", value: "one", ttlMs: 10_000 });
  assert.equal((await watch.next()).value?.kind, "put");
  const gone = watch.next();
  isAway = true;
  for (const ms of [10_000, 1_000]) {
    await clock.advance(ms);
    await new Promise(setImmediate);
  }
  assert.equal(failures, 2);
  isAway = false;
  await clock.advance(1_000);
  assert.deepEqual((await gone).value, { kind: "deleted", key: "lease" });
  ending.abort();
  await watch.return();
});
