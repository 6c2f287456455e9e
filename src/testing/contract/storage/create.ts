/** Tasks come to be once per id. */
import assert from "node:assert/strict";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord } from "../records.ts";
import { add, addRunning } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

export function createTests(it: Declare<Storage>): void {
  it("a task is read as it was created, an unknown one is undefined", async ({ subject }) => {
    const [first, second] = [makeRecord(), makeRecord({ dueAt: Date.now() + 60_000 })];
    await add(subject, first, second);
    const ids = [second.id, "unknown", first.id, second.id];
    assertSame(await subject.read({ ids }), [second, undefined, first, second]);
  });

  it("empty batches are answered by empty ones", async ({ subject }) => {
    assert.deepEqual(await subject.create({ tasks: [] }), []);
    assert.deepEqual(await subject.read({ ids: [] }), []);
    assert.deepEqual(await subject.write({ changes: [] }), []);
    assert.deepEqual(await subject.renew({ renewals: [] }), []);
    assert.deepEqual(await subject.remove({ items: [] }), []);
  });

  it("a taken id answers with the record that has it", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const other = makeRecord({ id: running.id, queue: "other", priority: 7 });
    const verdicts = await subject.create({ tasks: [{ record: other }] });
    assertSame(verdicts, [{ kind: "exists", record: running }]);
    assertSame(await subject.read({ ids: [running.id] }), [running]);
  });

  it("the first of two equal ids in a batch wins", async ({ subject }) => {
    const first = makeRecord();
    const second = makeRecord({ id: first.id, priority: 9 });
    const verdicts = await subject.create({ tasks: [{ record: first }, { record: second }] });
    assertSame(verdicts, [{ kind: "created" }, { kind: "exists", record: first }]);
  });

  it("verdicts come in the order of the items", async ({ subject }) => {
    const records = Array.from({ length: 20 }, () => makeRecord());
    await add(subject, ...records.filter((_, index) => index % 3 === 0));
    const verdicts = await subject.create({ tasks: records.map((record) => ({ record })) });
    assert.deepEqual(
      verdicts.map(({ kind }) => kind),
      records.map((_, index) => (index % 3 === 0 ? "exists" : "created")),
    );
  });

  it("concurrent creates of one id make one task", async ({ once }) => {
    const id = makeRecord().id;
    const records = Array.from({ length: 20 }, (_, priority) => makeRecord({ id, priority }));
    const verdicts = await Promise.all(
      records.map(async (record) => (await once.create({ tasks: [{ record }] }))[0]!),
    );
    const winner = verdicts.findIndex(({ kind }) => kind === "created");
    for (const [index, verdict] of verdicts.entries()) {
      if (index !== winner) assertSame(verdict, { kind: "exists", record: records[winner] });
    }
  });

  it("a batch of a thousand is taken", async ({ subject }) => {
    const records = Array.from({ length: 1_000 }, () => makeRecord());
    await add(subject, ...records);
    assertSame(await subject.read({ ids: records.map(({ id }) => id) }), records);
  });
}
