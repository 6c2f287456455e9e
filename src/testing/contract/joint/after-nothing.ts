/** A hand-out that found nothing hides nothing that comes after it. */
import assert from "node:assert/strict";
import { AttemptState, TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { reschedule, retryLater } from "../../../core/transitions.ts";
import type { Joint } from "../../../storage/joint.ts";
import { makeRecord } from "../records.ts";
import { add, addRunning, put } from "../scenes.ts";
import { eventually, passed, type Declare } from "../setup.ts";
import { handOut, takeIds } from "./taking.ts";

const NAMES = ["mail.send", "mail.sort", "mail.read"];
const OFFER = { offers: [{ queue: "default", names: NAMES }] };

/** `slackMs`: as for the tests of due times. */
export function afterNothingTests(it: Declare<Joint>, slackMs = 0): void {
  it("a task that is created, of any name", async ({ subject }) => {
    for (const name of [...NAMES, ...NAMES]) {
      assert.deepEqual(await takeIds(subject, OFFER), []);
      const record = makeRecord({ name });
      await add(subject, record);
      assert.deepEqual(await takeIds(subject, OFFER), [record.id]);
    }
  });

  it("one that lies ahead, once it is due", async ({ subject }) => {
    assert.deepEqual(await takeIds(subject, OFFER), []);
    const dueAt = subject.now() + 150;
    const record = makeRecord({ dueAt, state: TaskState.SCHEDULED });
    await add(subject, record);
    const before = await handOut(subject, OFFER);
    assert.ok(before.nextDueAt > dueAt - 1_000 && before.nextDueAt <= dueAt + slackMs);
    await passed(subject, dueAt + slackMs);
    assert.deepEqual(
      await eventually("the task that became due", async () => {
        const ids = await takeIds(subject, OFFER);
        return ids.length === 0 ? undefined : ids;
      }),
      [record.id],
    );
  });

  it("one that is to be tried again, now or later", async ({ subject }) => {
    const running = await addRunning(subject, makeRecord());
    assert.deepEqual(await takeIds(subject, OFFER), []);
    const end = { now: Date.now(), state: AttemptState.FAILED, reported: true };
    const waiting = await put(subject, running, retryLater(running, end, Date.now() + 60_000));
    const { records, nextDueAt } = await handOut(subject, OFFER);
    assert.equal(records.length, 0);
    assert.ok(nextDueAt > Date.now());
    const now = Date.now();
    await put(subject, waiting, reschedule(waiting, { now, dueAt: now - 1 }));
    assert.deepEqual(await takeIds(subject, OFFER), [running.id]);
  });

  it("one that was put off and is brought forward", async ({ subject }) => {
    const record = makeRecord();
    await add(subject, record);
    const now = Date.now();
    const off = await put(subject, record, reschedule(record, { now, dueAt: now + 60_000 }));
    assert.deepEqual(await takeIds(subject, OFFER), []);
    await put(subject, off, reschedule(off, { now, dueAt: now - 1 }));
    assert.deepEqual(await takeIds(subject, OFFER), [record.id]);
  });

  it("one whose lease is given back by a worker of another name", async ({ subject }) => {
    const other = { offers: [{ queue: "default", names: ["mail.send"] }] };
    const running = await addRunning(subject, makeRecord({ name: "mail.sort" }));
    assert.deepEqual(await takeIds(subject, OFFER), []);
    assert.deepEqual(await takeIds(subject, other), []);
    const end = { now: Date.now(), state: AttemptState.LOST, reported: false };
    await put(subject, running, retryLater(running, end, Date.now() - 1));
    assert.deepEqual(await takeIds(subject, other), []);
    assert.deepEqual(await takeIds(subject, OFFER), [running.id]);
  });
}
