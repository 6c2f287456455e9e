/** Who comes first: priority, age, id; and only what is offered. */
import assert from "node:assert/strict";
import { AttemptState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../../core/record.ts";
import { giveBack, reschedule, takeBack } from "../../../core/transitions.ts";
import type { Joint } from "../../../storage/joint.ts";
import { makeRecord } from "../records.ts";
import { add, endUnstarted, put } from "../scenes.ts";
import type { Declare } from "../setup.ts";
import { handOut, idsOf, takeIds } from "./taking.ts";

/** In the order of the hand-out. */
function byPlace(records: readonly TaskRecord[]): string[] {
  const sorted = records.toSorted(
    (a, b) => b.priority - a.priority || a.orderAt - b.orderAt || (a.id < b.id ? -1 : 1),
  );
  return idsOf(sorted);
}

export function orderTests(it: Declare<Joint>): void {
  it("a name that is listed twice gives each of its tasks once", async ({ subject }) => {
    const records = [makeRecord(), makeRecord()];
    await add(subject, ...records);
    const offers = [{ queue: "default", names: ["mail.send", "mail.send"] }];
    const ids = await takeIds(subject, { offers });
    assert.deepEqual(ids.toSorted(), records.map(({ id }) => id).toSorted());
  });

  it("by priority, then age, then id", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const records = [1000, 1, 0, -1, -1000].flatMap((priority) =>
      [at, at + 1, at - 30_000_000].flatMap((orderAt) =>
        ["b", "a", "B", "0192f8a0-1111-7abc-8def-0123456789ab"].map((id) =>
          makeRecord({ id: `${id}/${priority}/${orderAt}`, priority, dueAt: at, orderAt }),
        ),
      ),
    );
    await add(subject, ...records.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    const taken: string[] = [];
    // No more often than needed, so that a joint one which gives nothing fails and does not hang.
    for (let takes = 0; takes <= records.length / 7; takes++)
      taken.push(...(await takeIds(subject, { max: 7 })));
    assert.deepEqual(taken, byPlace(records));
  });

  it("uuids of one age by their text", async ({ subject }) => {
    const at = Date.now() - 5_000;
    const records = Array.from({ length: 50 }, () => makeRecord({ createdAt: at }));
    await add(subject, ...records);
    assert.deepEqual(await takeIds(subject), byPlace(records));
  });

  it("the age is orderAt, not the due time", async ({ subject }) => {
    const now = Date.now();
    const young = makeRecord({ dueAt: now - 60_000, orderAt: now - 10_000 });
    const old = makeRecord({ dueAt: now - 5_000, orderAt: now - 20_000 });
    await add(subject, young, old);
    assert.deepEqual(await takeIds(subject), [old.id, young.id]);
  });

  it("names of one queue are merged, those that are not listed left", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const records = Array.from({ length: 30 }, (_, index) =>
      makeRecord({ name: `n${index % 5}`, dueAt: at + ((index * 7) % 30), priority: index % 2 }),
    );
    await add(subject, ...records);
    const names = ["n3", "n0", "unknown", "n4"];
    const listed = records.filter(({ name }) => names.includes(name));
    assert.deepEqual(
      await takeIds(subject, { offers: [{ queue: "default", names }] }),
      byPlace(listed),
    );
    const rest = records.filter((record) => !listed.includes(record));
    const others = [{ queue: "default", names: ["n1", "n2"] }];
    assert.deepEqual(await takeIds(subject, { offers: others }), byPlace(rest));
  });

  it("all of the first queue before the second, whatever the priority", async ({ subject }) => {
    const first = [makeRecord({ queue: "b", priority: -10 }), makeRecord({ queue: "b" })];
    const second = [
      makeRecord({ queue: "a", priority: 10 }),
      makeRecord({ queue: "a", priority: 5 }),
    ];
    const foreign = makeRecord({ queue: "c", priority: 1000 });
    await add(subject, ...first, ...second, foreign);
    const offers = ["b", "none", "a"].map((queue) => ({ queue, names: ["mail.send"] }));
    assert.deepEqual(await takeIds(subject, { offers, max: 3 }), [
      ...byPlace(first),
      ...byPlace(second).slice(0, 1),
    ]);
    assert.deepEqual(await takeIds(subject, { offers }), byPlace(second).slice(1));
  });

  it("each queue has names of its own", async ({ subject }) => {
    const [a, b] = [makeRecord({ queue: "a", name: "x" }), makeRecord({ queue: "b", name: "y" })];
    await add(
      subject,
      a,
      b,
      makeRecord({ queue: "a", name: "y" }),
      makeRecord({ queue: "b", name: "x" }),
    );
    const offers = [
      { queue: "a", names: ["x"] },
      { queue: "b", names: ["y"] },
    ];
    assert.deepEqual(await takeIds(subject, { offers }), [a.id, b.id]);
  });

  it("nothing offered, nothing taken", async ({ subject }) => {
    await add(subject, makeRecord());
    for (const offers of [
      [],
      [{ queue: "default", names: [] }],
      [{ queue: "x", names: ["mail.send"] }],
    ]) {
      const answer = await handOut(subject, { offers });
      assert.deepEqual(answer, { records: [], more: false, nextDueAt: 0 });
    }
  });

  it("a task that comes back keeps its place", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const records = [0, 1, 2].map((offset) => makeRecord({ dueAt: at + offset }));
    await add(subject, ...records);
    const { records: taken } = await handOut(subject, { max: 2 });
    const end = { now: Date.now(), state: AttemptState.RELEASED, reported: true };
    await put(subject, taken[1]!, giveBack(taken[1]!, end, 0));
    await put(subject, taken[0]!, takeBack(taken[0]!, Date.now()));
    assert.deepEqual(await takeIds(subject), idsOf(records));
  });

  it("a change of priority or time changes the place", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const [first, second, third] = [0, 1, 2].map((offset) => makeRecord({ dueAt: at + offset }));
    await add(subject, first!, second!, third!);
    const now = Date.now();
    await put(subject, third!, reschedule(third!, { now, priority: 1 }));
    await put(subject, first!, reschedule(first!, { now, dueAt: at + 9 }));
    assert.deepEqual(await takeIds(subject), [third!.id, second!.id, first!.id]);
  });

  it("a task that ended unstarted is not handed out", async ({ subject }) => {
    const [first, second] = [makeRecord(), makeRecord()];
    await add(subject, first, second);
    await endUnstarted(subject, first);
    assert.deepEqual(await takeIds(subject), [second.id]);
  });

  it("a thousand tasks, a hundred at a time", async ({ subject }) => {
    const at = Date.now() - 60_000;
    const records = Array.from({ length: 1_000 }, (_, index) =>
      makeRecord({ dueAt: at + ((index * 37) % 500), priority: index % 3 }),
    );
    await add(subject, ...records);
    const taken: string[] = [];
    for (let more = true; more;) {
      const answer = await handOut(subject);
      taken.push(...idsOf(answer.records));
      ({ more } = answer);
    }
    assert.deepEqual(taken, byPlace(records));
  });
}
