/** Unique keys: one holder at a time, checked against its task. */
import assert from "node:assert/strict";
import type { TaskRecord } from "../../../core/record.ts";
import { retryByHand } from "../../../core/transitions.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow, uniqueTags } from "../records.ts";
import { add, addUnique, endUnstarted, finish, put, readOne } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

const UNTIL_ENDED = { untilAt: 0 };

function keyed(overrides: Partial<TaskRecord> = {}): TaskRecord {
  return makeRecord({ tags: uniqueTags("order-1", overrides.name), ...overrides });
}

/** A window that is open for a minute more. */
function windowed(): { readonly untilAt: number } {
  return { untilAt: Date.now() + 60_000 };
}

export function uniqueTests(it: Declare<Storage>): void {
  it("a key is held by a task that waits or runs", async ({ subject }) => {
    const holder = keyed();
    assert.equal(await addUnique(subject, holder, UNTIL_ENDED), "created");
    const create = () => subject.create({ tasks: [{ record: keyed(), unique: UNTIL_ENDED }] });
    assertSame(await create(), [{ kind: "held", record: holder }]);
    const running = await put(subject, holder, startNow(holder));
    assertSame(await create(), [{ kind: "held", record: running }]);
  });

  it("a task that was refused does not exist", async ({ subject }) => {
    await addUnique(subject, keyed(), UNTIL_ENDED);
    const refused = keyed();
    assert.equal(await addUnique(subject, refused, UNTIL_ENDED), "held");
    assert.equal(await readOne(subject, refused.id), undefined);
  });

  it("other keys, and the same key of another name, are free", async ({ subject }) => {
    await addUnique(subject, keyed(), UNTIL_ENDED);
    const otherName = keyed({ name: "mail.check" });
    assert.equal(await addUnique(subject, otherName, UNTIL_ENDED), "created");
    const otherKey = keyed({ tags: uniqueTags("order-2") });
    assert.equal(await addUnique(subject, otherKey, UNTIL_ENDED), "created");
  });

  it("of two in a batch the first holds", async ({ subject }) => {
    const [first, second] = [keyed(), keyed()];
    const tasks = [first, second].map((record) => ({ record, unique: UNTIL_ENDED }));
    assertSame(await subject.create({ tasks }), [
      { kind: "created" },
      { kind: "held", record: first },
    ]);
  });

  it("the end of the holder frees the key, for one", async ({ subject }) => {
    const first = keyed();
    await addUnique(subject, first, UNTIL_ENDED);
    await endUnstarted(subject, first);
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "created");
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "held");
  });

  it("a window holds the key beyond the end of its task", async ({ subject }) => {
    const first = keyed();
    await addUnique(subject, first, windowed());
    const ended = await finish(subject, await put(subject, first, startNow(first)));
    const verdicts = await subject.create({ tasks: [{ record: keyed(), unique: UNTIL_ENDED }] });
    assertSame(verdicts, [{ kind: "held", record: ended }]);
  });

  it("a window that is over holds nothing, whether its task has ended or not", async ({
    subject,
  }) => {
    await addUnique(subject, keyed(), { untilAt: Date.now() - 1_000 });
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "created");
  });

  it("a holder that is being replaced does not count", async ({ subject }) => {
    const [first, second] = [keyed(), keyed()];
    await addUnique(subject, first, windowed());
    const claim = { untilAt: 0, replaces: first.id };
    assert.equal(await addUnique(subject, second, claim), "created");
    const [verdict] = await subject.create({ tasks: [{ record: keyed(), unique: claim }] });
    assertSame(verdict, { kind: "held", record: second });
    await endUnstarted(subject, first);
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "held");
  });

  it("a key goes with its task, window or not", async ({ subject }) => {
    const first = keyed({ retentionMs: 0 });
    await addUnique(subject, first, windowed());
    const ended = await endUnstarted(subject, first, Date.now() - 5_000);
    await subject.remove({ items: [{ id: ended.id, revision: ended.revision }] });
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "created");
  });

  it("removing an earlier holder leaves the key with the later one", async ({ subject }) => {
    const [first, second] = [keyed(), keyed()];
    await addUnique(subject, first, UNTIL_ENDED);
    const ended = await endUnstarted(subject, first);
    await addUnique(subject, second, UNTIL_ENDED);
    await subject.remove({ items: [{ id: ended.id, revision: ended.revision }] });
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "held");
  });

  it("a task that has the id of an earlier holder does not hold its key", async ({ subject }) => {
    const first = keyed();
    await addUnique(subject, first, UNTIL_ENDED);
    const { id, revision } = await endUnstarted(subject, first);
    await subject.remove({ items: [{ id, revision }] });
    await add(subject, makeRecord({ id }));
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "created");
  });

  it("concurrent creates of one key make one task", async ({ once }) => {
    const kinds = await Promise.all(
      Array.from({ length: 20 }, () => addUnique(once, keyed(), UNTIL_ENDED)),
    );
    assert.equal(kinds.filter((kind) => kind === "created").length, 1);
    assert.equal(kinds.filter((kind) => kind === "held").length, 19);
  });

  it("a write with a claim takes the key again", async ({ subject }) => {
    const first = keyed();
    await addUnique(subject, first, UNTIL_ENDED);
    const ended = await endUnstarted(subject, first);
    await put(subject, ended, retried(ended), { claim: UNTIL_ENDED });
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "held");
  });

  it("a write with a claim takes the key from one that has ended since", async ({ subject }) => {
    const [first, second] = [keyed(), keyed()];
    await addUnique(subject, first, UNTIL_ENDED);
    const ended = await endUnstarted(subject, first);
    await addUnique(subject, second, UNTIL_ENDED);
    await endUnstarted(subject, second);
    await put(subject, ended, retried(ended), { claim: UNTIL_ENDED });
    assert.equal(await addUnique(subject, keyed(), UNTIL_ENDED), "held");
  });

  it("a write with a claim is refused while another holds the key", async ({ subject }) => {
    const [first, second] = [keyed(), keyed()];
    await addUnique(subject, first, UNTIL_ENDED);
    const ended = await endUnstarted(subject, first);
    await addUnique(subject, second, UNTIL_ENDED);
    const change = { revision: ended.revision, after: retried(ended), claim: UNTIL_ENDED };
    assertSame(await subject.write({ changes: [change] }), [{ kind: "held", record: second }]);
    assertSame(await readOne(subject, ended.id), ended);
  });

  it("a task's own window is no obstacle to its retry", async ({ subject }) => {
    const first = keyed();
    await addUnique(subject, first, windowed());
    const ended = await endUnstarted(subject, first);
    await put(subject, ended, retried(ended), { claim: windowed() });
  });
}

function retried(record: TaskRecord): TaskRecord {
  return retryByHand(record, { now: Date.now(), pendingTimeoutMs: 0, totalTimeoutMs: 0 });
}
