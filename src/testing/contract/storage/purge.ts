/** Terminal tasks go when their time has come, with all that belongs to them. */
import assert from "node:assert/strict";
import { labelTag } from "../../../core/tags.ts";
import { retryByHand } from "../../../core/transitions.ts";
import type { TaskRecord } from "../../../core/record.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, noted, startNow, uniqueTags } from "../records.ts";
import {
  add,
  addRunning,
  addUnique,
  endUnstarted,
  filterOf,
  finish,
  listIds,
  output,
  put,
  readOne,
} from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

/** A task that ended a while ago and may be purged since, or from then on. */
async function ended(
  storage: Storage,
  purgeAt: number,
  overrides: Partial<TaskRecord> = {},
): Promise<TaskRecord> {
  const endedAt = Math.min(Date.now(), purgeAt) - 10_000;
  const record = makeRecord({
    createdAt: endedAt - 1,
    retentionMs: purgeAt - endedAt,
    ...overrides,
  });
  await add(storage, record);
  return endUnstarted(storage, record, endedAt);
}

export function purgeTests(it: Declare<Storage>): void {
  it("nothing to purge, now or later", async ({ subject }) => {
    await add(subject, makeRecord());
    assertSame(await subject.purge({ limit: 10 }), { count: 0, nextAt: 0 });
  });

  it("tasks whose time has passed, and no others", async ({ subject }) => {
    const now = Date.now();
    const old = await ended(subject, now - 1_000);
    const older = await ended(subject, now - 3_600_000);
    const young = await ended(subject, now + 120_000);
    const waiting = makeRecord({ createdAt: now - 7_200_000, retentionMs: 0 });
    await add(subject, waiting);
    const running = await addRunning(subject, makeRecord({ retentionMs: 0 }));
    const purged = await subject.purge({ limit: 10 });
    assert.equal(purged.count, 2);
    assert.ok(purged.nextAt > 0 && purged.nextAt <= young.purgeAt);
    assertSame(
      await subject.read({ ids: [old, older, young, waiting, running].map(({ id }) => id) }),
      [undefined, undefined, young, waiting, running],
    );
  });

  it("no more than the limit at once", async ({ subject }) => {
    for (let index = 0; index < 7; index++) await ended(subject, Date.now() - 5_000 - index);
    const counts: number[] = [];
    let last = await subject.purge({ limit: 3 });
    for (; last.count > 0; last = await subject.purge({ limit: 3 })) counts.push(last.count);
    assert.deepEqual(counts, [3, 3, 1]);
    assert.equal(last.nextAt, 0);
    assert.deepEqual(await listIds(subject, filterOf({})), []);
  });

  it("a task that was retried stays, until it has ended anew", async ({ subject }) => {
    const record = await ended(subject, Date.now() - 1_000);
    const budget = { now: Date.now() - 500, pendingTimeoutMs: 0, totalTimeoutMs: 0 };
    const again = await put(subject, record, retryByHand(record, budget));
    assert.equal((await subject.purge({ limit: 10 })).count, 0);
    assertSame(await readOne(subject, record.id), again);
    const young = await endUnstarted(subject, again);
    assert.equal((await subject.purge({ limit: 10 })).count, 0);
    assertSame(await readOne(subject, record.id), young);
    const budget2 = { ...budget, now: Date.now() };
    const third = await put(subject, young, retryByHand(young, budget2));
    await endUnstarted(subject, third, Date.now() - third.retentionMs - 1_000);
    assert.equal((await subject.purge({ limit: 10 })).count, 1);
    assert.equal(await readOne(subject, record.id), undefined);
  });

  it("a task that was removed and made again is not purged by its old time", async ({
    subject,
  }) => {
    const { id, revision } = await ended(subject, Date.now() - 1_000);
    await subject.remove({ items: [{ id, revision }] });
    const again = makeRecord({ id });
    await add(subject, again);
    assert.equal((await subject.purge({ limit: 10 })).count, 0);
    assertSame(await readOne(subject, id), again);
  });

  it("events, labels, counts and unique keys go with the task", async ({ subject }) => {
    const tags = [labelTag("team", "red"), ...uniqueTags("order-1")];
    const record = makeRecord({ tags, retentionMs: 0, createdAt: Date.now() - 60_000 });
    const window = { untilAt: Date.now() + 60_000 };
    const rival = () => makeRecord({ tags: uniqueTags("order-1") });
    await addUnique(subject, record, window);
    const running = await put(subject, record, startNow(record));
    const newer = await put(subject, running, noted(running, 1), { events: [output(1)] });
    await finish(subject, newer, Date.now() - 5_000);
    assert.equal(await addUnique(subject, rival(), window), "held");

    assert.equal((await subject.purge({ limit: 10 })).count, 1);
    const page = await subject.events({
      id: record.id,
      afterSequence: 0,
      limit: 10,
      maxBytes: 1e6,
    });
    assertSame(page, { events: [], more: false });
    assert.deepEqual(await listIds(subject, filterOf({ labels: { team: "red" } })), []);
    const { count } = await subject.count({ filter: filterOf({}), maxExamined: 10 });
    assert.equal(count, 0);
    assert.equal(await addUnique(subject, rival(), window), "created");
  });

  it("running tasks that end long ago are purged as well", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord({ retentionMs: 60_000 }));
    await finish(subject, running, Date.now() - 120_000);
    assert.equal((await subject.purge({ limit: 10 })).count, 1);
  });
}
