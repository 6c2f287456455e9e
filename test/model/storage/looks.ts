/** Reads of the storage's model: they change nothing and must be answered alike. */
import fc from "fast-check";
import { TaskState, type TaskFilter } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { toTimestamp } from "../../../src/core/duration.ts";
import { isWaiting, type TaskRecord, waitingDeadlineAt } from "../../../src/core/record.ts";
import type { Joint } from "../../../src/storage/joint.ts";
import type { Cursor, ListPage, QueueStats, TaskCount } from "../../../src/storage/storage.ts";
import { filterOf } from "../../../src/testing/contract/scenes.ts";
import { assertSame } from "./compare.ts";
import { KEYS, NAMES, QUEUES } from "./plans.ts";
import { EPOCH_MS, type Store, type World } from "./world.ts";

const STATES = [
  TaskState.SCHEDULED,
  TaskState.PENDING,
  TaskState.RUNNING,
  TaskState.RETRYING,
  TaskState.CANCELING,
  TaskState.SUCCEEDED,
  TaskState.FAILED,
  TaskState.CANCELED,
  TaskState.EXPIRED,
];

/** None of them most of the time. */
const some = <T>(...values: T[]): fc.Arbitrary<T[]> =>
  fc.oneof(
    { arbitrary: fc.constant<T[]>([]), weight: 3 },
    { arbitrary: fc.subarray(values, { minLength: 1 }), weight: 1 },
  );
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 1 });

export const lookPlan = fc.record({
  states: some(...STATES),
  queues: some<string>(...QUEUES, "unknown"),
  names: some<string>(...NAMES),
  keys: some<string>(...KEYS),
  parents: some("p0", "p1"),
  failures: some("F0", "F1"),
  workers: some("wörker", "nobody"),
  label: maybe(fc.constantFrom("0", "1")),
  ids: some("t0", "t1", "t2", "t3"),
  createdFrom: maybe(fc.nat(20)),
  createdTo: maybe(fc.nat(20)),
  endedFrom: maybe(fc.nat(20)),
  cutoff: maybe(fc.nat(20)),
  limit: fc.constantFrom(1, 2, 7, 100),
  maxExamined: fc.constantFrom(1, 3, 2_000),
});
type LookPlan = typeof lookPlan extends fc.Arbitrary<infer Plan> ? Plan : never;

/** A list, page by page, and a count, by a filter. */
export async function lookAtSome(plan: LookPlan, world: World, store: Store): Promise<void> {
  const filter = filterFor(plan);
  const cutoffAt = plan.cutoff === undefined ? 0 : timeOf(plan.cutoff);
  const { limit, maxExamined } = plan;
  const ask = (joint: Joint): Promise<TaskRecord[]> =>
    listAll((after) => joint.list({ filter, after, cutoffAt, limit, maxExamined }));
  await compare("list", world, store, ask);
  await compare(
    "count",
    world,
    store,
    (joint) => joint.count({ filter, maxExamined: 2_000 }),
    countOf,
  );
}

function filterFor(plan: LookPlan): TaskFilter {
  const time = (at: number | undefined) => (at === undefined ? undefined : toTimestamp(timeOf(at)));
  return filterOf({
    states: plan.states,
    queues: plan.queues,
    names: plan.names,
    uniqueKeys: plan.keys,
    parentTaskIds: plan.parents,
    failureTypes: plan.failures,
    workerIds: plan.workers,
    labels: plan.label === undefined ? {} : { l: plan.label },
    taskIds: plan.ids,
    createTimeFrom: time(plan.createdFrom),
    createTimeTo: time(plan.createdTo),
    endTimeFrom: time(plan.endedFrom),
  });
}

function timeOf(steps: number): number {
  return EPOCH_MS + steps * 1_000;
}

/** Everything that a storage can be asked, without parameters. */
export async function lookAtAll(world: World, store: Store): Promise<void> {
  const filter = filterOf({});
  await compare("count", world, store, (joint) => joint.count({ filter, maxExamined: 0 }), countOf);
  const blurred = store.hasCoarseHints ? overripeQueues(world) : new Set<string>();
  const stats = (joint: Joint) => joint.queueStats({ queues: [] });
  await compare("queueStats", world, store, stats, (answer) => statsOf(answer, blurred));
  await compare("overdue", world, store, (joint) => joint.overdue({ limit: 1_000 }), overdueOf);
  await compare(
    "intents",
    world,
    store,
    (joint) => joint.intents({ minAgeMs: 0, limit: 100 }),
    intentsOf,
  );
  await compare(
    "older intents",
    world,
    store,
    (joint) => joint.intents({ minAgeMs: 1_000, limit: 100 }),
    intentsOf,
  );
  for (const kind of ["d", "e"])
    await compare(`documents ${kind}`, world, store, (joint) => joint.documents.list({ kind }));
  for (const { id, eventSequence } of world.latest)
    if (eventSequence > 0) await lookAtEvents(world, store, id);
}

async function lookAtEvents(world: World, store: Store, id: string): Promise<void> {
  for (const params of [
    { id, afterSequence: 0, limit: 100, maxBytes: 1e6 },
    { id, afterSequence: 2, limit: 2, maxBytes: 25 },
  ])
    await compare("events", world, store, (joint) => joint.events(params));
}

async function compare<Answer>(
  what: string,
  world: World,
  store: Store,
  ask: (joint: Joint) => Promise<Answer>,
  view: (answer: Answer) => unknown = (answer) => answer,
): Promise<void> {
  const expected = view(await ask(world.memory));
  const joint = store.joints[world.looks++ % store.joints.length]!;
  assertSame(what, view(await ask(joint)), expected, world.now);
}

async function listAll(list: (after: Cursor | undefined) => Promise<ListPage>) {
  const records: TaskRecord[] = [];
  let page: ListPage | undefined;
  do {
    page = await list(page?.next);
    records.push(...page.records);
  } while (page.next !== undefined);
  return records;
}

/** States without tasks are left out, or not. */
function countOf({ count, approximate, states }: TaskCount): unknown {
  return { count, approximate, states: new Map([...states].filter(([, n]) => n > 0)) };
}

function statsOf(stats: readonly QueueStats[], blurred: ReadonlySet<string>): unknown {
  return stats.map(({ queue, states, ...rest }) => ({
    queue,
    states: new Map([...states].filter(([, n]) => n > 0)),
    ...(!blurred.has(queue) && rest),
  }));
}

/** Queues with tasks past their deadline: a hand-out may have put those aside for the rescuer. */
function overripeQueues({ latest, now }: World): Set<string> {
  const overripe = latest.filter((record) => {
    const deadlineAt = waitingDeadlineAt(record);
    return isWaiting(record.state) && deadlineAt !== 0 && deadlineAt <= now;
  });
  return new Set(overripe.map(({ queue }) => queue));
}

/** Those of one time have no order. */
function overdueOf({ records, nextAt }: Awaited<ReturnType<Joint["overdue"]>>): unknown {
  return { records: records.toSorted((a, b) => (a.id < b.id ? -1 : 1)), nextAt };
}

function intentsOf(intents: Awaited<ReturnType<Joint["intents"]>>): unknown {
  return intents
    .map(({ id, taskIds }) => ({ id, taskIds: taskIds.toSorted() }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
