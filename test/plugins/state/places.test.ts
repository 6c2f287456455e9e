import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { QTasksError } from "../../../src/index.ts";
import type { StateChange } from "../../../src/plugins/state/index.ts";
import { eventually } from "../../../src/testing/contract/setup.ts";
import { appOn, PLACES } from "./places.ts";

const MISMATCH = { reason: "REVISION_MISMATCH" };

for (const { name, setup, url } of PLACES)
  describe(name, () => {
    test("values are shared, listed by prefix, and gone when they are deleted", async (t) => {
      const { one, other } = await setup(t);
      assert.equal(await one.get("a.x"), undefined);
      const put = await one.put({ key: "a.x", value: { n: 1 } });
      assert.deepEqual(await other.get("a.x"), put);
      assert.deepEqual([put.key, put.value, put.expiresAt], ["a.x", { n: 1 }, undefined]);
      await other.put({ key: "b", value: null });
      await other.put({ key: "a.y", value: [2] });
      const shown = async (prefix?: string) =>
        (await one.list(prefix)).map(({ key, value }) => [key, value]);
      assert.deepEqual(await shown("a."), [
        ["a.x", { n: 1 }],
        ["a.y", [2]],
      ]);
      assert.equal(await one.delete("a.x"), true);
      assert.equal(await other.delete("a.x"), false);
      assert.equal(await other.get("a.x"), undefined);
      assert.deepEqual(await shown(), [
        ["a.y", [2]],
        ["b", null],
      ]);
    });

    test("of many that create one key one wins, even with the same value", async (t) => {
      const { one, other } = await setup(t);
      const params = { key: "leader", value: "me", expectedVersion: 0 };
      const all = await Promise.allSettled(
        Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : other).put(params)),
      );
      const lost = all.filter((each) => each.status === "rejected");
      assert.equal(lost.length, 19);
      for (const { reason } of lost)
        assert.equal((reason as QTasksError).reason, "REVISION_MISMATCH");
    });

    test("100 concurrent updates of two parties sum up", async (t) => {
      const { one, other } = await setup(t);
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          (n % 2 === 0 ? one : other).update("count", (count) => ((count as number) ?? 0) + 1),
        ),
      );
      assert.equal((await one.get("count"))?.value, 100);
    });

    test("an expected version is held to, also over a deletion", async (t) => {
      const { one, other } = await setup(t);
      const first = await one.put({ key: "k", value: 1 });
      const expectedVersion = first.version;
      await assert.rejects(other.put({ key: "k", value: 2, expectedVersion: 0 }), MISMATCH);
      const second = await other.put({ key: "k", value: 2, expectedVersion });
      assert.ok(second.version > first.version);
      await assert.rejects(one.put({ key: "k", value: 3, expectedVersion }), {
        ...MISMATCH,
        message: `shared state k: it has version ${second.version}, not ${expectedVersion}`,
      });
      await assert.rejects(one.delete("k", { expectedVersion }), MISMATCH);
      assert.equal(await one.delete("k", { expectedVersion: second.version }), true);
      await assert.rejects(one.put({ key: "k", value: 4, expectedVersion }), MISMATCH);
      const third = await one.put({ key: "k", value: 5, expectedVersion: 0 });
      assert.ok(third.version > second.version);
    });

    test("what has expired is absent for all, and free to be taken", async (t) => {
      const { one, other } = await setup(t);
      const lease = await one.put({ key: "lease", value: "one", ttlMs: 150 });
      assert.ok(Math.abs(lease.expiresAt! - lease.updatedAt - 150) <= 20);
      assert.equal((await other.get("lease"))?.value, "one");
      await assert.rejects(
        other.put({ key: "lease", value: "other", expectedVersion: 0 }),
        MISMATCH,
      );
      await eventually("the end of the lease", async () =>
        (await other.get("lease")) === undefined ? true : undefined,
      );
      assert.equal(await one.get("lease"), undefined);
      assert.deepEqual(await one.list(), []);
      assert.equal(await one.delete("lease"), false);
      const taken = await other.put({ key: "lease", value: "other", expectedVersion: 0 });
      assert.ok(taken.version > lease.version);
      const renewal = { key: "lease", value: "one", expectedVersion: lease.version, ttlMs: 150 };
      await assert.rejects(one.put(renewal), MISMATCH);
      // What was taken without a time to live stays.
      await sleep(200);
      assert.equal((await one.get("lease"))?.value, "other");
    });

    test("updates keep the time to live, or set it; one that gives nothing deletes", async (t) => {
      const { one, other } = await setup(t);
      const put = await one.put({ key: "k", value: 1, ttlMs: 60_000 });
      const kept = await other.update("k", (value) => Number(value) + 1);
      assert.deepEqual([kept?.value, kept?.expiresAt], [2, put.expiresAt]);
      const set = await one.update("k", (value) => value, { ttlMs: 120_000 });
      assert.ok(set!.expiresAt! > put.expiresAt! + 30_000);
      assert.equal(await one.update("k", () => undefined), undefined);
      assert.equal(await other.get("k"), undefined);
      assert.equal(await one.update("k", () => undefined), undefined);
    });

    test("a watch tells of what is there, of changes and of what expires", async (t) => {
      const { one, other } = await setup(t);
      await one.put({ key: "a.x", value: 1 });
      await one.put({ key: "a.gone", value: 1 });
      await one.delete("a.gone");
      const ending = new AbortController();
      const watch = other.watch({ prefix: "a.", signal: ending.signal });
      const next = async () => shown((await watch.next()).value as StateChange<unknown>);
      assert.deepEqual(await next(), ["a.x", 1]);
      await one.put({ key: "b", value: "not asked for" });
      await one.put({ key: "a.y", value: 2, ttlMs: 100 });
      assert.deepEqual(await next(), ["a.y", 2]);
      await one.put({ key: "a.z", value: 3, ttlMs: 60_000 });
      assert.deepEqual(await next(), ["a.z", 3]);
      assert.deepEqual(await next(), ["a.y"]);
      await one.delete("a.x");
      assert.deepEqual(await next(), ["a.x"]);
      await one.put({ key: "a.x", value: 4 });
      assert.deepEqual(await next(), ["a.x", 4]);
      const last = watch.next();
      ending.abort();
      assert.equal((await last).done, true);
    });

    test("what is renewed in time is not told as gone", async (t) => {
      const { one, other } = await setup(t);
      const changes: unknown[] = [];
      const ending = new AbortController();
      await one.put({ key: "lease", value: 0, ttlMs: 300 });
      const watching = (async () => {
        for await (const change of other.watch({ signal: ending.signal }))
          changes.push(shown(change));
      })();
      for (let n = 1; n <= 4; n++) {
        await sleep(120);
        await one.update("lease", () => n, { ttlMs: 300 });
      }
      await eventually("the end", () => (changes.length === 6 ? true : undefined));
      ending.abort();
      await watching;
      const renewals = [0, 1, 2, 3, 4].map((n) => ["lease", n]);
      assert.deepEqual(changes, [...renewals, ["lease"]]);
    });

    if (url !== undefined)
      test("a restart keeps values, their versions and their time to live", async (t) => {
        const place = await url();
        const before = await appOn(t, place);
        const kept = await before.state.put({ key: "kept", value: 1 });
        const brief = await before.state.put({ key: "brief", value: 2, ttlMs: 50 });
        const long = await before.state.put({ key: "long", value: 3, ttlMs: 60_000 });
        await before.app.stop();
        await sleep(60);
        const { state } = await appOn(t, place);
        assert.deepEqual(await state.list(), [kept, long]);
        const again = await state.put({ key: "brief", value: 4, expectedVersion: 0 });
        assert.ok(again.version > brief.version);
      });
  });

function shown(change: StateChange<unknown>): unknown[] {
  return change.kind === "deleted" ? [change.key] : [change.entry.key, change.entry.value];
}
