/** Lists: order, pages, and what a page may leave for the next. */
import assert from "node:assert/strict";
import type { TaskRecord } from "../../../core/record.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow } from "../records.ts";
import {
  add,
  addRunning,
  endUnstarted,
  filterOf,
  finish,
  listAll,
  listIds,
  listParams,
  put,
} from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

/** In the order of a list. */
function newestFirst(records: readonly TaskRecord[]): TaskRecord[] {
  return records.toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}

/** One a second, the newest now; every three of them share their time. */
function series(count: number, overrides: Partial<TaskRecord> = {}): TaskRecord[] {
  const start = Date.now() - count * 1_000;
  return Array.from({ length: count }, (_, index) =>
    makeRecord({ createdAt: start + Math.floor(index / 3) * 1_000, ...overrides }),
  );
}

export function listTests(it: Declare<Storage>): void {
  it("an empty storage has an empty list", async ({ subject }) => {
    assert.deepEqual(await listAll(subject), []);
  });

  it("tasks come newest first, of one time by id", async ({ subject }) => {
    const createdAt = Date.now() - 10_000;
    const ids = ["b", "a", "a-2", "Z", "9", "0192f8a0-1111-7abc-8def-0123456789ab", "a1"];
    const records = [
      ...ids.map((id) => makeRecord({ id, createdAt })),
      makeRecord({ createdAt: createdAt + 1 }),
      makeRecord({ createdAt: createdAt - 1 }),
    ];
    await add(subject, ...records);
    assertSame(await listAll(subject), newestFirst(records));
  });

  it("pages of any size give every task once, in order", async ({ subject }) => {
    const records = series(17);
    await add(subject, ...records);
    for (const limit of [1, 2, 5, 17, 100])
      assertSame(await listAll(subject, { limit }), newestFirst(records), `pages of ${limit}`);
  });

  it("a page starts after its cursor, even where that task is gone", async ({ subject }) => {
    const records = newestFirst(series(9));
    await add(subject, ...records);
    const page = await subject.list(listParams({ limit: 4 }));
    assert.ok(page.next !== undefined);
    const seen = page.records.length;
    const { id, revision } = await endUnstarted(subject, records[seen - 1]!);
    await subject.remove({ items: [{ id, revision }] });
    assertSame(await listAll(subject, { after: page.next }), records.slice(seen));
  });

  it("what is created between two pages neither repeats nor hides a task", async ({ subject }) => {
    const records = newestFirst(series(30));
    await add(subject, ...records);
    const seen: string[] = [];
    let after;
    do {
      const page = await subject.list(listParams({ limit: 4, after }));
      seen.push(...page.records.map(({ id }) => id));
      assert.ok(seen.length <= 100, "the list never ends");
      await add(subject, makeRecord(), makeRecord({ createdAt: records[15]!.createdAt + 1 }));
      after = page.next;
    } while (after !== undefined);
    assert.equal(new Set(seen).size, seen.length);
    const wanted = new Set(records.map(({ id }) => id));
    assert.deepEqual(
      seen.filter((id) => wanted.has(id)),
      [...wanted],
    );
  });

  it("changes do not move a task in the list", async ({ subject }) => {
    const records = newestFirst(series(5));
    await add(subject, ...records);
    const running = await put(subject, records[3]!, startNow(records[3]!));
    assertSame(await listAll(subject), records.with(3, running));
    const ended = await finish(subject, running);
    assertSame(await listAll(subject), records.with(3, ended));
  });

  it("a call reads a bounded number of records, and the next goes on", async ({ subject }) => {
    const [oldest, ...others] = newestFirst(series(40)).toReversed();
    const last = { ...oldest!, name: "mail.rare" };
    await add(subject, last, ...others);
    const filter = filterOf({ names: ["mail.rare"] });
    assertSame(await listAll(subject, { filter, limit: 3, maxExamined: 7 }), [last]);
    const seconds = { seconds: BigInt(Math.floor(others[10]!.createdAt / 1_000) + 1), nanos: 0 };
    const young = filterOf({
      createTimeFrom: { $typeName: "google.protobuf.Timestamp", ...seconds },
    });
    const expected = others.filter(({ createdAt }) => createdAt >= Number(seconds.seconds) * 1_000);
    const found = await listAll(subject, { filter: young, limit: 3, maxExamined: 5 });
    assertSame(found, newestFirst(expected));
  });

  it("a cutoff leaves out what was created or ended since", async ({ subject }) => {
    const cutoffAt = Date.now() - 10_000;
    const [before, at] = [cutoffAt - 1, cutoffAt];
    const old = makeRecord({ createdAt: before });
    const young = makeRecord({ createdAt: at });
    await add(subject, old, young);
    const running = await addRunning(subject, makeRecord({ createdAt: before - 1 }));
    const endedBefore = await finish(
      subject,
      await addRunning(subject, makeRecord({ createdAt: before - 2 })),
      before,
    );
    const endedAt = await finish(
      subject,
      await addRunning(subject, makeRecord({ createdAt: before - 3 })),
      at,
    );
    const records = await listAll(subject, { cutoffAt });
    assertSame(records, [old, running, endedBefore]);
    assert.ok(!records.some(({ id }) => id === endedAt.id || id === young.id));
  });

  it("removed tasks leave the list", async ({ subject }) => {
    const records = newestFirst(series(12));
    await add(subject, ...records);
    const gone = records.filter((_, index) => index % 2 === 0);
    for (const record of gone) {
      const { id, revision } = await endUnstarted(subject, record);
      await subject.remove({ items: [{ id, revision }] });
    }
    const left = records.filter((record) => !gone.includes(record));
    assert.deepEqual(
      await listIds(subject, filterOf({})),
      left.map(({ id }) => id),
    );
  });
}
