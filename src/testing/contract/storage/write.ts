/** Compare-and-set on the revision. */
import assert from "node:assert/strict";
import { AttemptState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { annotate, giveBack, reschedule, succeed } from "../../../core/transitions.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeRecord, startNow } from "../records.ts";
import { add, addRunning, finish, put, readOne } from "../scenes.ts";
import { assertSame, type Declare } from "../setup.ts";

export function writeTests(it: Declare<Storage>): void {
  it("a change of the stored revision is applied", async ({ subject }) => {
    const record = makeRecord();
    const running = await addRunning(subject, record);
    assertSame(await readOne(subject, record.id), running);
    const ended = await finish(subject, running);
    assertSame(await readOne(subject, record.id), ended);
  });

  it("a change of another revision is a conflict with what is stored", async ({ subject }) => {
    const record = makeRecord();
    const running = await addRunning(subject, record);
    const late = reschedule(record, { now: Date.now(), priority: 5 });
    const changes = [{ revision: record.revision, after: late }];
    assertSame(await subject.write({ changes }), [{ kind: "conflict", record: running }]);
    assertSame(await readOne(subject, record.id), running);
  });

  it("an end that comes second is a conflict, whatever the first one was", async ({ subject }) => {
    const late = { now: Date.now(), reported: true, result: undefined };
    const back = { now: Date.now(), state: AttemptState.RELEASED, reported: true };
    const [one, two] = [
      await addRunning(subject, makeRecord()),
      await addRunning(subject, makeRecord()),
    ];
    const stored = [await finish(subject, one), await put(subject, two, giveBack(two, back, 0))];
    const changes = [one, two].map((running) => ({
      revision: running.revision,
      after: { ...succeed(running, late), stamp: 7 },
    }));
    assertSame(
      await subject.write({ changes }),
      stored.map((record) => ({ kind: "conflict", record })),
    );
    for (const record of stored) assertSame(await readOne(subject, record.id), record);
  });

  it("a change of an earlier life of the id is a conflict, though the revision is the same", async ({
    subject,
  }) => {
    const before = makeRecord();
    const ended = await finish(subject, await addRunning(subject, before));
    assertSame(await subject.remove({ items: [ended] }), [{ kind: "removed" }]);
    const again = { ...before, createdAt: before.createdAt + 1 };
    const running = await addRunning(subject, again);
    const late = reschedule(before, { now: Date.now(), priority: 5 });
    const end = succeed(startNow(before), { now: Date.now(), reported: true, result: undefined });
    for (const [revision, after] of [
      [again.revision, late],
      [running.revision, end],
    ] as const)
      assertSame(await subject.write({ changes: [{ revision, after }] }), [
        { kind: "conflict", record: running },
      ]);
    assertSame(await readOne(subject, before.id), running);
  });

  it("a change of a task that is gone is a conflict with nothing", async ({ subject }) => {
    const record = makeRecord();
    const changes = [{ revision: 1, after: startNow(record) }];
    assertSame(await subject.write({ changes }), [{ kind: "conflict", record: undefined }]);
    assert.equal(await readOne(subject, record.id), undefined);
  });

  it("a repeat is applied until another write follows", async ({ subject }) => {
    const record = makeRecord();
    const running = await addRunning(subject, record);
    const changes = [{ revision: record.revision, after: running }];
    assertSame(await subject.write({ changes }), [{ kind: "applied" }]);
    const ended = await finish(subject, running);
    assertSame(await subject.write({ changes }), [{ kind: "conflict", record: ended }]);
  });

  it("verdicts come in the order of the items", async ({ subject }) => {
    const [first, second, gone] = [makeRecord(), makeRecord(), makeRecord()];
    await add(subject, first, second);
    const running = await put(subject, second, startNow(second));
    const changes = [gone, second, first].map((record) => ({
      revision: 1,
      after: reschedule(record, { now: Date.now(), priority: 3 }),
    }));
    assertSame(await subject.write({ changes }), [
      { kind: "conflict", record: undefined },
      { kind: "conflict", record: running },
      { kind: "applied" },
    ]);
  });

  it("of concurrent changes of one revision one is applied", async ({ once }) => {
    const record = makeRecord();
    await add(once, record);
    const afters = Array.from({ length: 20 }, (_, index) =>
      reschedule(record, { now: Date.now(), priority: index + 1 }),
    );
    const verdicts = await Promise.all(
      afters.map(async (after) => {
        const [verdict] = await once.write({ changes: [{ revision: 1, after }] });
        return verdict!;
      }),
    );
    const winner = verdicts.findIndex(({ kind }) => kind === "applied");
    for (const [index, verdict] of verdicts.entries()) {
      if (index !== winner) assertSame(verdict, { kind: "conflict", record: afters[winner] });
    }
  });

  it("a renewal since the caller's read is no conflict", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord(), { leaseMs: 1_000 });
    const { id, attempt, nonce } = running;
    await subject.renew({ renewals: [{ id, attempt, nonce, leaseMs: 60_000 }] });
    const leaseEndAt = Date.now() + 90_000;
    const patch = { progress: Buffer.from("half"), leaseEndAt, delivered: true };
    const noted = annotate(running, Date.now(), patch);
    await put(subject, running, noted);
    assertSame(await readOne(subject, id), noted);
  });

  it("a renewal of an attempt that is over is not kept", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    const { id, attempt, nonce } = running;
    await subject.renew({ renewals: [{ id, attempt, nonce, leaseMs: 60_000 }] });
    const ended = await finish(subject, running);
    assertSame(await readOne(subject, id), ended);
  });
}
