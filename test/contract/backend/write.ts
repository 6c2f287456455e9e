/** A change that makes a task waiting makes it handed out again; any other does not. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import {
  endWaiting,
  giveBack,
  reschedule,
  retryLater,
  succeed,
} from "../../../src/core/transitions.ts";
import type { Backend } from "../../../src/pipeline/backend.ts";
import { handOut, idsOf, takeIds } from "../../../src/testing/contract/joint/taking.ts";
import { makeFailure, makeRecord } from "../../../src/testing/contract/records.ts";
import { readOne } from "../../../src/testing/contract/scenes.ts";
import { assertSame, eventually } from "../../../src/testing/contract/setup.ts";
import type { BackendStage, DeclareBackend } from "./stage.ts";

/** So many tasks, started. */
async function startMany({ backend, settled }: BackendStage, count: number): Promise<TaskRecord[]> {
  const records = Array.from({ length: count }, () => makeRecord());
  await backend.create(records.map((record) => ({ record })));
  await settled();
  const started = (await handOut(backend)).records;
  assert.equal(started.length, count);
  return [...started];
}

async function write(backend: Backend, before: TaskRecord, after: TaskRecord): Promise<void> {
  assertSame(await backend.write([{ revision: before.revision, after }]), [{ kind: "applied" }]);
}

function lost(record: TaskRecord): TaskRecord {
  return giveBack(record, { now: Date.now(), state: AttemptState.LOST, reported: false }, 0);
}

export function writeTests(it: DeclareBackend): void {
  it("a task that comes back is handed out again", async (stage) => {
    const { backend } = stage;
    const [started] = await startMany(stage, 1);
    await write(backend, started!, lost(started!));
    const again = await eventually("the task", async () => (await handOut(backend)).records[0]);
    assert.deepEqual([again.id, again.attempt], [started!.id, 2]);
  });

  it("a task whose retry is due in a moment is handed out then", async (stage) => {
    const { backend } = stage;
    const [started] = await startMany(stage, 1);
    const now = backend.storage.now();
    const failure = makeFailure("E");
    const end = { now, state: AttemptState.FAILED, reported: true, failure };
    const dueAt = now + 120;
    await write(backend, started!, retryLater(started!, end, dueAt));
    const again = await eventually("the retry", async () => (await handOut(backend)).records[0]);
    assert.ok(again.attemptStartedAt >= dueAt, "before it was due");
    assert.equal(again.attempt, 2);
  });

  it("a batch in which one comes back, one ends and one lost the race", async (stage) => {
    const { backend, settled } = stage;
    const [back, ended, raced] = await startMany(stage, 3);
    const now = Date.now();
    const success = { now, reported: true, result: undefined };
    const winner = succeed(raced!, success);
    await write(backend, raced!, winner);
    const verdicts = await backend.write([
      { revision: back!.revision, after: lost(back!) },
      { revision: ended!.revision, after: succeed(ended!, success) },
      { revision: raced!.revision, after: lost(raced!) },
    ]);
    assertSame(verdicts, [
      { kind: "applied" },
      { kind: "applied" },
      { kind: "conflict", record: winner },
    ]);
    await settled();
    assert.deepEqual(await takeIds(backend), [back!.id]);
    assert.deepEqual(await takeIds(backend), []);
  });

  it("a task that is put off, then brought forward, is handed out once", async (stage) => {
    const { backend, settled } = stage;
    const record = makeRecord();
    await backend.create([{ record }]);
    await settled();
    const now = Date.now();
    const later = reschedule(record, { now, dueAt: now + 60_000 });
    await write(backend, record, later);
    await settled();
    assert.deepEqual(await takeIds(backend), []);
    await write(backend, later, reschedule(later, { now, dueAt: now }));
    await settled();
    assert.deepEqual(await takeIds(backend), [record.id]);
    assert.deepEqual(await takeIds(backend), []);
  });

  it("changes one after the other, without a pause: the last one counts", async (stage) => {
    const { backend, settled } = stage;
    let record = makeRecord();
    await backend.create([{ record }]);
    for (let priority = 1; priority <= 20; priority++) {
      const after = reschedule(record, { now: Date.now(), priority });
      await write(backend, record, after);
      record = after;
    }
    await settled();
    const { records } = await handOut(backend);
    assert.deepEqual(
      records.map(({ id, revision }) => [id, revision]),
      [[record.id, record.revision + 1]],
    );
    assert.deepEqual(await takeIds(backend), []);
  });

  it("a task that ended while it waited is not handed out", async (stage) => {
    const { backend, settled } = stage;
    const [ended, left] = [makeRecord(), makeRecord()];
    await backend.create([{ record: ended }, { record: left }]);
    const end = { now: Date.now(), failure: makeFailure("Canceled") };
    await write(backend, ended, endWaiting(ended, TaskState.CANCELED, end));
    await settled();
    assert.deepEqual(await takeIds(backend), [left.id]);
  });

  it("an end takes the lease with it, and the task stays ended", async (stage) => {
    const { backend, settled } = stage;
    const started = await startMany(stage, 3);
    const success = { now: Date.now(), reported: true, result: undefined };
    const changes = started.map((record) => ({
      revision: record.revision,
      after: succeed(record, success),
    }));
    assertSame(
      await backend.write(changes),
      changes.map(() => ({ kind: "applied" })),
    );
    await settled();
    assert.deepEqual(await takeIds(backend), []);
    const first = await readOne(backend.storage, idsOf(started)[0]!);
    assert.equal(first?.state, TaskState.SUCCEEDED);
  });

  it("nothing to write, no verdicts", async ({ backend }) => {
    assertSame(await backend.write([]), []);
  });
}
