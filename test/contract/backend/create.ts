/** Created tasks are durable at once and handed out soon; each once. */
import assert from "node:assert/strict";
import { handOut, idsOf, takeIds } from "../../../src/testing/contract/joint/taking.ts";
import { makeRecord, uniqueTags } from "../../../src/testing/contract/records.ts";
import { readOne } from "../../../src/testing/contract/scenes.ts";
import { assertSame, eventually } from "../../../src/testing/contract/setup.ts";
import type { DeclareBackend } from "./stage.ts";

export function createTests(it: DeclareBackend): void {
  it("what was created is stored when it answers", async ({ backend }) => {
    const record = makeRecord();
    assertSame(await backend.create([{ record }]), [{ kind: "created" }]);
    assertSame(await readOne(backend.storage, record.id), record);
  });

  it("what was created is handed out, without anybody's help", async ({ backend }) => {
    const record = makeRecord();
    await backend.create([{ record }]);
    const started = await eventually("the task", async () => (await handOut(backend)).records[0]);
    assert.equal(started.id, record.id);
    assert.equal(started.attempt, 1);
    assertSame(await readOne(backend.storage, record.id), started);
  });

  it("a batch, whatever becomes of its items", async ({ backend, settled }) => {
    const at = Date.now() - 5_000;
    const unique = { untilAt: 0 };
    const holder = makeRecord({ tags: uniqueTags("k"), dueAt: at });
    const [known, fresh] = [makeRecord({ dueAt: at + 1 }), makeRecord({ dueAt: at + 2 })];
    await backend.create([{ record: holder, unique }, { record: known }]);
    const verdicts = await backend.create([
      { record: fresh },
      { record: { ...known, priority: 5 } },
      { record: makeRecord({ tags: uniqueTags("k") }), unique },
    ]);
    assertSame(verdicts, [
      { kind: "created" },
      { kind: "exists", record: known },
      { kind: "held", record: holder },
    ]);
    await settled();
    assert.deepEqual(await takeIds(backend), idsOf([holder, known, fresh]));
    assert.deepEqual(await takeIds(backend), []);
  });

  it("an id that is taken wakes nothing that has started", async ({ backend, settled }) => {
    const record = makeRecord();
    await backend.create([{ record }]);
    await settled();
    const [started] = (await handOut(backend)).records;
    assertSame(await backend.create([{ record }]), [{ kind: "exists", record: started }]);
    await settled();
    assert.deepEqual(await takeIds(backend), []);
  });

  it("no tasks, no verdicts", async ({ backend }) => {
    assertSame(await backend.create([]), []);
  });

  it("calls at once", async ({ backend, settled }) => {
    const records = Array.from({ length: 50 }, () => makeRecord());
    await Promise.all(records.map((record) => backend.create([{ record }])));
    await settled();
    assert.deepEqual((await takeIds(backend)).toSorted(), idsOf(records).toSorted());
  });
}
