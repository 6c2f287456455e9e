/** Notices: a hint for every change, and for the work in it. */
import assert from "node:assert/strict";
import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow } from "../records.ts";
import { add, addRunning, finish, Notices, put } from "../scenes.ts";
import { eventually, type Declare } from "../setup.ts";

export function feedTests(it: Declare<Storage>): void {
  it("every change is told, of one task in order", async ({ subject }) => {
    const notices = new Notices(subject);
    const record = makeRecord();
    const running = await addRunning(subject, record);
    const ended = await finish(subject, running);
    await notices.ofRevision(ended);
    notices.end();
    const told = notices.changes.filter(({ id }) => id === record.id);
    const revisions = told.map(({ revision }) => revision);
    assert.deepEqual([...new Set(revisions)], [1, 2, 3]);
    assert.deepEqual(
      revisions,
      revisions.toSorted((a, b) => a - b),
    );
    const states = new Map(told.map(({ revision, state }) => [revision, state]));
    assert.equal(states.get(1), TaskState.PENDING);
    assert.equal(states.get(2), TaskState.RUNNING);
    assert.equal(states.get(3), TaskState.SUCCEEDED);
  });

  it("work is told by queue and name, with the earliest due time", async ({ subject }) => {
    const notices = new Notices(subject);
    const at = Date.now() - 5_000;
    const ahead = Date.now() + 60_000;
    const records = [
      makeRecord({ queue: "a", name: "x", dueAt: at }),
      makeRecord({ queue: "a", name: "x", dueAt: at - 1_000 }),
      makeRecord({ queue: "a", name: "y", dueAt: at }),
      makeRecord({ queue: "b", name: "x", dueAt: ahead }),
    ];
    await add(subject, ...records);
    for (const record of records) await notices.ofRevision(record);
    notices.end();
    const about = (queue: string, name: string) => {
      const work = notices.work.filter((item) => item.queue === queue && item.name === name);
      const count = work.reduce((sum, item) => sum + item.count, 0);
      return { count, dueAt: Math.min(...work.map((item) => item.dueAt)) };
    };
    assert.deepEqual(about("a", "x"), { count: 2, dueAt: at - 1_000 });
    assert.deepEqual(about("a", "y"), { count: 1, dueAt: at });
    assert.deepEqual(about("b", "x"), { count: 1, dueAt: ahead });
  });

  it("a task that starts or ends is no work", async ({ subject }) => {
    const record = makeRecord({ queue: "quiet" });
    await add(subject, record);
    const before = new Notices(subject);
    const running = await put(subject, record, startNow(record));
    const ended = await finish(subject, running);
    await before.ofRevision(ended);
    before.end();
    const started = before.all.findIndex(
      (notice) =>
        notice.kind === "changes" && notice.changes.some(({ revision }) => revision === 2),
    );
    const since = before.all
      .slice(started)
      .flatMap((notice) => (notice.kind === "changes" ? notice.work : []));
    assert.deepEqual(since, []);
  });

  it("every listener hears, until it ends", async ({ subject }) => {
    const [first, second] = [new Notices(subject), new Notices(subject)];
    const [early, late] = [makeRecord(), makeRecord()];
    await add(subject, early);
    await Promise.all([first.ofRevision(early), second.ofRevision(early)]);
    first.end();
    first.end();
    await add(subject, late);
    await second.ofRevision(late);
    assert.ok(!first.changes.some(({ id }) => id === late.id));
  });

  it("a listener that throws harms neither the storage nor the others", async ({ subject }) => {
    let heard = 0;
    const end = subject.subscribe(() => {
      heard += 1;
      throw new Error("a listener of the test fails on purpose");
    });
    const notices = new Notices(subject);
    const [first, second] = [makeRecord(), makeRecord()];
    await add(subject, first);
    await add(subject, second);
    await notices.ofRevision(first);
    await notices.ofRevision(second);
    await eventually("calls of the failing listener", () => (heard > 0 ? heard : undefined));
    end();
  });
}
