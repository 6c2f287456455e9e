/** Start, stop, clock, and what is found when the data is opened again. */
import assert from "node:assert/strict";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, noted } from "../records.ts";
import { add, addRunning, filterOf, finish, Notices, output, put, readOne } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

export function lifecycleTests(it: Declare<Storage>): void {
  it("start and stop are idempotent", async ({ subject }) => {
    await subject.start();
    await subject.ping();
    await subject.stop();
    await subject.stop();
  });

  it("the keyspace has an id that stays", async ({ subject }) => {
    const { keyspaceId } = subject;
    assert.match(keyspaceId, /^[!-~]{8,}$/);
    await subject.start();
    assert.equal(subject.keyspaceId, keyspaceId);
  });

  it("the clock is near the machine's and never runs backwards", async ({ subject }) => {
    let last = subject.now();
    assert.ok(Math.abs(last - Date.now()) < 60_000);
    for (let round = 0; round < 1_000; round++) {
      const now = subject.now();
      assert.ok(now >= last);
      last = now;
    }
  });

  it("what was acknowledged is there when the data is opened again", async ({
    subject,
    reopen,
  }) => {
    if (reopen === undefined) return;
    const waiting = makeRecord();
    await add(subject, waiting);
    const running = await addRunning(subject, makeRecord({ queue: "other" }));
    const newer = await put(subject, running, noted(running, 1), { events: [output(1)] });
    const ended = await finish(subject, newer);
    await subject.documents.put({ items: [{ kind: "k", key: "a", value: Buffer.from("v") }] });
    const { keyspaceId } = subject;
    await subject.stop();

    const again = await reopen();
    assert.equal(again.keyspaceId, keyspaceId);
    assertSame(await again.read({ ids: [waiting.id, ended.id] }), [waiting, ended]);
    const page = await again.events({ id: ended.id, afterSequence: 0, limit: 9, maxBytes: 1e6 });
    assertSame(page.events, [output(1)]);
    const [document] = await again.documents.get({ keys: [{ kind: "k", key: "a" }] });
    assertSame(document?.value, Buffer.from("v"));
    const { count } = await again.count({ filter: filterOf({}), maxExamined: 10 });
    assert.equal(count, 2);
  });

  it("several servers see each other's writes and hear of them", async ({ subject, reopen }) => {
    if (!subject.capabilities.distributed || reopen === undefined) return;
    const other = await reopen();
    const notices = new Notices(other);
    const record = makeRecord();
    await add(subject, record);
    assertSame(await readOne(other, record.id), record);
    await notices.ofRevision(record);
    await subject.documents.put({ items: [{ kind: "k", key: "a", value: Buffer.from("v") }] });
    await notices.ofDocument("k", "a");
  });
}
