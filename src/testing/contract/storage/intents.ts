/** Intents: noted with the write, until they are dropped. */
import assert from "node:assert/strict";
import { nonce } from "../../../core/ids.ts";
import { retryByHand } from "../../../core/transitions.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow, uniqueTags } from "../records.ts";
import { add, endUnstarted } from "../scenes.ts";
import { assertSame, passed, type Declare } from "../setup.ts";

const ALL = { minAgeMs: 0, limit: 100 };

export function intentTests(it: Declare<Storage>): void {
  it("a create notes the tasks that it made", async ({ subject }) => {
    const [known, first, second] = [
      makeRecord(),
      makeRecord(),
      makeRecord({ dueAt: Date.now() + 9e4 }),
    ];
    await add(subject, known);
    const intentId = nonce();
    await subject.create({ tasks: [known, first, second].map((record) => ({ record })), intentId });
    assertSame(await subject.intents(ALL), [{ id: intentId, taskIds: [first.id, second.id] }]);
  });

  it("a create that makes nothing notes nothing", async ({ subject }) => {
    const record = makeRecord({ tags: uniqueTags("k") });
    await subject.create({ tasks: [{ record, unique: { untilAt: 0 } }] });
    const rival = makeRecord({ tags: uniqueTags("k") });
    const tasks = [{ record }, { record: rival, unique: { untilAt: 0 } }];
    await subject.create({ tasks, intentId: nonce() });
    assertSame(await subject.intents(ALL), []);
  });

  it("a write notes the tasks that wait after it", async ({ subject }) => {
    const [first, second, gone] = [makeRecord(), makeRecord(), makeRecord()];
    await add(subject, first, second);
    const ended = await endUnstarted(subject, first);
    const budget = { now: Date.now(), pendingTimeoutMs: 0, totalTimeoutMs: 0 };
    const changes = [
      { revision: ended.revision, after: retryByHand(ended, budget) },
      { revision: second.revision, after: startNow(second) },
      { revision: gone.revision, after: { ...gone, revision: 2 } },
    ];
    const intentId = nonce();
    await subject.write({ changes, intentId });
    assertSame(await subject.intents(ALL), [{ id: intentId, taskIds: [first.id] }]);
  });

  it("a write after which nothing waits notes nothing", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const changes = [{ revision: record.revision, after: startNow(record) }];
    await subject.write({ changes, intentId: nonce() });
    assertSame(await subject.intents(ALL), []);
  });

  it("intents come oldest first, when they are old enough", async ({ subject }) => {
    const ids = [nonce(), nonce(), nonce()];
    let noted = 0;
    for (const intentId of ids) {
      await subject.create({ tasks: [{ record: makeRecord() }], intentId });
      noted = subject.now();
      await passed(subject, noted + 2);
    }
    const found = await subject.intents(ALL);
    assert.deepEqual(
      found.map(({ id }) => id),
      ids,
    );
    const two = await subject.intents({ minAgeMs: 0, limit: 2 });
    assert.deepEqual(
      two.map(({ id }) => id),
      ids.slice(0, 2),
    );
    assertSame(await subject.intents({ minAgeMs: 60_000, limit: 100 }), []);
  });

  it("dropped intents are forgotten, unknown ones are no error", async ({ subject }) => {
    const ids = [nonce(), nonce()];
    for (const intentId of ids)
      await subject.create({ tasks: [{ record: makeRecord() }], intentId });
    await subject.dropIntents({ ids: [ids[0]!, nonce()] });
    const left = await subject.intents(ALL);
    assert.deepEqual(
      left.map(({ id }) => id),
      ids.slice(1),
    );
    await subject.dropIntents({ ids });
    assertSame(await subject.intents(ALL), []);
  });
}
