/** Every field of a filter, alone and together, in lists and counts alike. */
import assert from "node:assert/strict";
import { AttemptState, TaskState, type TaskFilter } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { toTimestamp } from "../../../core/duration.ts";
import type { TaskRecord } from "../../../core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../../core/tags.ts";
import { fail, retryLater } from "../../../core/transitions.ts";
import type { Storage } from "../../../storage/storage.ts";
import { makeFailure, makeRecord } from "../records.ts";
import { add, addRunning, endUnstarted, filterOf, finish, listIds, put } from "../scenes.ts";
import type { Declare } from "../setup.ts";

type FilterFields = Parameters<typeof filterOf>[0];

/** The filter gives exactly these tasks, in any order, and counts them. */
async function assertMatches(
  storage: Storage,
  fields: FilterFields,
  expected: readonly TaskRecord[],
): Promise<void> {
  const filter: TaskFilter = filterOf(fields);
  const ids = expected.map(({ id }) => id).toSorted();
  assert.deepEqual((await listIds(storage, filter)).toSorted(), ids);
  const { count, approximate } = await storage.count({ filter, maxExamined: 1_000 });
  assert.deepEqual({ count, approximate }, { count: ids.length, approximate: false });
}

async function failed(storage: Storage, type: string): Promise<TaskRecord> {
  const running = await addRunning(storage, makeRecord());
  const end = { now: Date.now(), state: AttemptState.FAILED, reported: true };
  return put(storage, running, fail(running, { ...end, failure: makeFailure(type) }));
}

export function filterTests(it: Declare<Storage>): void {
  it("queues and names", async ({ subject }) => {
    const a = makeRecord({ queue: "a", name: "x" });
    const b = makeRecord({ queue: "b", name: "x" });
    const c = makeRecord({ queue: "c", name: "y" });
    await add(subject, a, b, c);
    await assertMatches(subject, {}, [a, b, c]);
    await assertMatches(subject, { queues: ["a"] }, [a]);
    await assertMatches(subject, { queues: ["a", "c", "d", "a"] }, [a, c]);
    await assertMatches(subject, { names: ["x"] }, [a, b]);
    await assertMatches(subject, { names: ["x", "y"], queues: ["b", "c"] }, [b, c]);
    await assertMatches(subject, { names: ["z"] }, []);
    await assertMatches(subject, { queues: ["z"] }, []);
  });

  it("states, as they are read", async ({ subject }) => {
    const past = Date.now() - 60_000;
    const ahead = Date.now() + 60_000;
    const pending = makeRecord();
    const scheduled = makeRecord({ dueAt: ahead });
    const due = makeRecord({ dueAt: past, state: TaskState.SCHEDULED });
    await add(subject, pending, scheduled, due);
    const running = await addRunning(subject, makeRecord());
    const ended = await finish(subject, await addRunning(subject, makeRecord()));
    const canceled = await endUnstarted(subject, await added(subject, makeRecord()));
    const end = { now: past, state: AttemptState.FAILED, reported: true };
    const [again, later] = await Promise.all(
      [past, ahead].map(async (dueAt) => {
        const attempt = await addRunning(subject, makeRecord());
        return put(subject, attempt, retryLater(attempt, end, dueAt));
      }),
    );
    await assertMatches(subject, { states: [TaskState.PENDING] }, [pending, due, again!]);
    await assertMatches(subject, { states: [TaskState.SCHEDULED] }, [scheduled]);
    await assertMatches(subject, { states: [TaskState.RETRYING] }, [later!]);
    await assertMatches(subject, { states: [TaskState.RUNNING, TaskState.SUCCEEDED] }, [
      running,
      ended,
    ]);
    await assertMatches(subject, { states: [TaskState.CANCELED] }, [canceled]);
    await assertMatches(subject, { states: [TaskState.CANCELING] }, []);
    await assertMatches(subject, { states: [TaskState.RUNNING], names: ["mail.send"] }, [running]);
  });

  it("labels, all of them", async ({ subject }) => {
    const tags = (labels: Readonly<Record<string, string>>): string[] =>
      Object.entries(labels).map(([key, value]) => labelTag(key, value));
    const red = makeRecord({ tags: tags({ team: "red", größe: "µ 🐘" }) });
    const blue = makeRecord({ tags: tags({ team: "blue", empty: "" }) });
    const both = makeRecord({ tags: tags({ team: "red", env: "test" }) });
    await add(subject, red, blue, both, makeRecord());
    await assertMatches(subject, { labels: { team: "red" } }, [red, both]);
    await assertMatches(subject, { labels: { team: "red", env: "test" } }, [both]);
    await assertMatches(subject, { labels: { team: "blue", env: "test" } }, []);
    await assertMatches(subject, { labels: { größe: "µ 🐘" } }, [red]);
    await assertMatches(subject, { labels: { empty: "" } }, [blue]);
    await assertMatches(subject, { labels: { team: "RED" } }, []);
    await assertMatches(subject, { labels: { team: "red" }, taskIds: [red.id, blue.id] }, [red]);
  });

  it("parents and ids", async ({ subject }) => {
    const parent = makeRecord();
    const [a, b] = [
      makeRecord({ tags: [parentTag(parent.id)] }),
      makeRecord({ tags: [parentTag("p2")] }),
    ];
    await add(subject, parent, a, b);
    await assertMatches(subject, { parentTaskIds: [parent.id] }, [a]);
    await assertMatches(subject, { parentTaskIds: [parent.id, "p2", "p3"] }, [a, b]);
    await assertMatches(subject, { taskIds: [b.id, "unknown", parent.id] }, [b, parent]);
    await assertMatches(subject, { taskIds: ["unknown"] }, []);
    await assertMatches(subject, { taskIds: [a.id], parentTaskIds: ["p2"] }, []);
  });

  it("unique keys, of any name", async ({ subject }) => {
    const a = makeRecord({ name: "x", tags: [uniqueTag("x", "k1")] });
    const b = makeRecord({ name: "y", tags: [uniqueTag("y", "k1")] });
    const c = makeRecord({ name: "x", tags: [uniqueTag("x", "k2")] });
    for (const record of [a, b, c])
      await subject.create({ tasks: [{ record, unique: { untilAt: 0 } }] });
    await assertMatches(subject, { uniqueKeys: ["k1"] }, [a, b]);
    await assertMatches(subject, { uniqueKeys: ["k1"], names: ["y"] }, [b]);
    await assertMatches(subject, { uniqueKeys: ["k1", "k2"], names: ["x"] }, [a, c]);
    await assertMatches(subject, { uniqueKeys: ["k3"] }, []);
  });

  it("workers and types of failures", async ({ subject }) => {
    const one = await addRunning(subject, makeRecord(), { workerId: "wörker-1" });
    const two = await addRunning(subject, makeRecord(), { workerId: "w2" });
    const timeout = await failed(subject, "Timeout");
    const denied = await failed(subject, "acme.v1.Denied");
    await assertMatches(subject, { workerIds: ["wörker-1"] }, [one]);
    await assertMatches(subject, { workerIds: ["wörker-1", "w2"] }, [one, two]);
    await assertMatches(subject, { failureTypes: ["Timeout"] }, [timeout]);
    await assertMatches(subject, { failureTypes: ["Timeout", "acme.v1.Denied"] }, [
      timeout,
      denied,
    ]);
    await assertMatches(subject, { failureTypes: ["Other"] }, []);
  });

  it("times of creation and of the end, from inclusive to exclusive", async ({ subject }) => {
    const at = Date.now() - 100_000;
    const [a, b, c] = [0, 1_000, 2_000].map((offset) => makeRecord({ createdAt: at + offset }));
    await add(subject, a!, b!, c!);
    const time = (offset: number) => toTimestamp(at + offset);
    await assertMatches(subject, { createTimeFrom: time(1_000) }, [b!, c!]);
    await assertMatches(subject, { createTimeTo: time(1_000) }, [a!]);
    await assertMatches(subject, { createTimeFrom: time(1), createTimeTo: time(2_000) }, [b!]);
    const [first, second] = [
      await endUnstarted(subject, a!, at + 5_000),
      await endUnstarted(subject, b!, at + 6_000),
    ];
    await assertMatches(subject, { endTimeFrom: time(6_000) }, [second]);
    await assertMatches(subject, { endTimeTo: time(6_000) }, [first]);
    await assertMatches(subject, { endTimeFrom: time(0), endTimeTo: time(9_000) }, [first, second]);
    await assertMatches(subject, { endTimeFrom: time(0), states: [TaskState.SUCCEEDED] }, []);
  });
}

async function added(storage: Storage, record: TaskRecord): Promise<TaskRecord> {
  await add(storage, record);
  return record;
}
