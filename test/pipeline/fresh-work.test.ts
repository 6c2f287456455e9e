/** Work is announced when its create is sent; the notice that comes after it is dropped only where all was taken. */
import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { describe, it } from "node:test";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../src/core/record.ts";
import { FreshWork } from "../../src/pipeline/fresh-work.ts";
import type { HandedOut } from "../../src/storage/joint.ts";
import type { Work } from "../../src/storage/storage.ts";
import { makeRecord } from "../../src/testing/contract/records.ts";

// Records are due by then.
const NOW = Date.now() + 1_000;

function announced(...records: TaskRecord[]) {
  const fresh = new FreshWork();
  const told: (readonly Work[])[] = [];
  fresh.subscribe((work) => told.push(work));
  fresh.announce(
    records.map((record) => ({ record })),
    NOW,
  );
  return { fresh, told };
}

/** A hand-out of this server that has answered. */
function took(fresh: FreshWork, records: readonly TaskRecord[]): void {
  fresh.follow(Promise.resolve(handed(records)));
}

/** One that is answered later. */
function asked(fresh: FreshWork): PromiseWithResolvers<HandedOut> {
  const answer = Promise.withResolvers<HandedOut>();
  fresh.follow(answer.promise);
  return answer;
}

function handed(records: readonly TaskRecord[]): HandedOut {
  return { records, more: false, nextDueAt: 0 };
}

/** Whether a notice of these is passed on. */
async function passes(fresh: FreshWork, ...records: TaskRecord[]): Promise<boolean> {
  let passed = false;
  fresh.hear(records, () => (passed = true));
  await turn();
  await turn();
  return passed;
}

describe("fresh work", () => {
  it("is told at once, by queue and name; what is not due is not", () => {
    const due = { createdAt: NOW - 5, dueAt: NOW - 5 };
    const [a, b] = [makeRecord(due), makeRecord({ ...due, name: "other" })];
    const { told } = announced(
      a,
      b,
      makeRecord({ dueAt: NOW + 60_000, state: TaskState.SCHEDULED }),
    );
    const work = [a, b].map(({ queue, name }) => ({ queue, name, count: 1, dueAt: NOW - 5 }));
    assert.deepEqual(told, [work]);
  });

  it("nobody hears of it after the end of the subscription", () => {
    const fresh = new FreshWork();
    let calls = 0;
    fresh.subscribe(() => calls++)();
    fresh.announce([{ record: makeRecord() }], NOW);
    assert.equal(calls, 0);
  });

  it("a notice of tasks that all were taken is dropped, once", async () => {
    const record = makeRecord();
    const { fresh } = announced(record);
    took(fresh, [record]);
    assert.equal(await passes(fresh, record), false);
    assert.equal(await passes(fresh, record), true);
  });

  it("also where the notice overtakes the answer of the hand-out", async () => {
    const record = makeRecord();
    const { fresh } = announced(record);
    const answer = asked(fresh);
    const passed = passes(fresh, record);
    await turn();
    answer.resolve(handed([record]));
    assert.equal(await passed, false);
  });

  it("a notice that overtook a hand-out that failed is passed on", async () => {
    const record = makeRecord();
    const { fresh } = announced(record);
    const answer = asked(fresh);
    const passed = passes(fresh, record);
    answer.reject(new Error("the connection is lost"));
    assert.equal(await passed, true);
  });

  it("a notice of a task that was not taken is passed on, and of one among many", async () => {
    const [taken, left] = [makeRecord(), makeRecord()];
    const { fresh } = announced(taken, left);
    took(fresh, [taken]);
    assert.equal(await passes(fresh, taken, left), true);
  });

  it("a notice of another server's task is passed on, also beside one that was taken", async () => {
    const record = makeRecord();
    const { fresh } = announced(record);
    took(fresh, [record]);
    assert.equal(await passes(fresh, record, makeRecord()), true);
  });

  it("a notice of a later revision is passed on: the task came back", async () => {
    const record = makeRecord();
    const { fresh } = announced(record);
    took(fresh, [record]);
    assert.equal(await passes(fresh, { ...record, revision: 3 }), true);
  });

  it("where nobody would ask for it now, the notice is passed on, whoever took it", async () => {
    const record = makeRecord();
    const fresh = new FreshWork();
    fresh.subscribe(() => false);
    fresh.announce([{ record }], NOW);
    took(fresh, [record]);
    assert.equal(await passes(fresh, record), true);
  });

  it("keeps no more than the latest ids", async () => {
    const first = makeRecord();
    const { fresh } = announced(first);
    took(fresh, [first]);
    fresh.announce(
      Array.from({ length: 2_000 }, () => ({ record: makeRecord() })),
      NOW,
    );
    assert.equal(await passes(fresh, first), true);
  });
});
