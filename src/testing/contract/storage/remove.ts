/** Deleting terminal tasks one by one. */
import assert from "node:assert/strict";
import { labelTag } from "../../../core/tags.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord } from "../records.ts";
import { add, addRunning, endUnstarted, filterOf, finish, listIds, readOne } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

export function removeTests(it: Declare<Storage>): void {
  it("a terminal task of that revision goes with all that belongs to it", async ({ subject }) => {
    const record = makeRecord({ tags: [labelTag("team", "red")] });
    await add(subject, record);
    const { id, revision } = await endUnstarted(subject, record);
    assertSame(await subject.remove({ items: [{ id, revision }] }), [{ kind: "removed" }]);
    assert.equal(await readOne(subject, id), undefined);
    assert.deepEqual(await listIds(subject, filterOf({})), []);
    assert.deepEqual(await listIds(subject, filterOf({ labels: { team: "red" } })), []);
    const { count } = await subject.count({ filter: filterOf({}), maxExamined: 10 });
    assert.equal(count, 0);
    assert.equal((await subject.purge({ limit: 10 })).count, 0);
  });

  it("a task that has not ended, or changed since, stays", async ({ subject }) => {
    const waiting = makeRecord();
    await add(subject, waiting);
    const running = await addRunning(subject, makeRecord());
    const ended = await finish(subject, await addRunning(subject, makeRecord()));
    const items = [waiting, running, { ...ended, revision: ended.revision - 1 }];
    assertSame(
      await subject.remove({ items: items.map(({ id, revision }) => ({ id, revision })) }),
      [waiting, running, ended].map((record) => ({ kind: "conflict", record })),
    );
    assertSame(await subject.read({ ids: [waiting.id, running.id, ended.id] }), [
      waiting,
      running,
      ended,
    ]);
  });

  it("a task that is gone is removed", async ({ subject }) => {
    assertSame(await subject.remove({ items: [{ id: "gone", revision: 3 }] }), [
      { kind: "removed" },
    ]);
  });

  it("the id is free again", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const { id, revision } = await endUnstarted(subject, record);
    await subject.remove({ items: [{ id, revision }] });
    const again = makeRecord({ id, priority: 4 });
    await add(subject, again);
    assertSame(await readOne(subject, id), again);
    assert.deepEqual(await listIds(subject, filterOf({})), [id]);
  });
}
