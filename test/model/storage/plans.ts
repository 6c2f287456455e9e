/** What the commands of the storage's model are made of, by numbers that shrink. */
import fc from "fast-check";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { labelTag, parentTag, uniqueTag } from "../../../src/core/tags.ts";
import type { Offer } from "../../../src/storage/joint.ts";
import type { NewTask } from "../../../src/storage/storage.ts";
import { everyByte, makeRecord } from "../../../src/testing/contract/records.ts";
import { TASKS, type World } from "./world.ts";

export const QUEUES = ["a", "b"] as const;
export const NAMES = ["x", "y", "z"] as const;
export const KEYS = ["k0", "k1"] as const;

const often = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { arbitrary: fc.constant(usual), weight: 2 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
  );

/** From now, in ms. */
export const delay = fc.constantFrom(0, 100, 1_000, 5_000, 60_000);
export const task = fc.nat(TASKS - 1);
/** How many changes ago: mostly the latest. */
export const back = often(0, 1, 2, 5);

export const taskPlan = fc.record({
  task,
  queue: often(0, 1),
  name: fc.nat(NAMES.length - 1),
  priority: often(0, -7, 1, 1000),
  delay: often(0, 100, 1_000, 60_000),
  pendingMs: often(0, 300, 61_000),
  totalMs: often(0, 700, 90_000),
  timeoutMs: often(0, 2_000),
  retentionMs: fc.constantFrom(1_000, 60_000, 3_600_000),
  key: fc.option(fc.nat(KEYS.length - 1), { freq: 2 }),
  claimMs: fc.option(often(0, 1_000), { freq: 4 }),
  replaces: fc.option(task, { freq: 1 }),
  label: fc.nat(1),
  specBytes: often(20, 500, 3_000),
});
export type TaskPlan = typeof taskPlan extends fc.Arbitrary<infer Plan> ? Plan : never;

/** The task that a plan makes now. */
export function newTask(world: World, plan: TaskPlan): NewTask {
  const { now } = world;
  const name = NAMES[plan.name]!;
  const dueAt = now + plan.delay;
  const tags = [labelTag("l", String(plan.label)), parentTag(`p${plan.task % 3}`)];
  const key = plan.key === null ? undefined : KEYS[plan.key]!;
  if (key !== undefined) tags.push(uniqueTag(name, key));
  const record = makeRecord({
    id: world.ids[plan.task]!,
    name,
    queue: QUEUES[plan.queue]!,
    spec: everyByte(plan.specBytes),
    tags,
    createdAt: now,
    dueAt,
    state: dueAt > now ? TaskState.SCHEDULED : TaskState.PENDING,
    priority: plan.priority,
    attemptTimeoutMs: plan.timeoutMs,
    retentionMs: plan.retentionMs,
    pendingDeadlineAt: plan.pendingMs === 0 ? 0 : dueAt + plan.pendingMs,
    totalDeadlineAt: plan.totalMs === 0 ? 0 : dueAt + plan.totalMs,
  });
  if (key === undefined || plan.claimMs === null) return { record };
  const untilAt = plan.claimMs === 0 ? 0 : now + plan.claimMs;
  const replaces = plan.replaces === null ? undefined : world.ids[plan.replaces];
  return { record, unique: { untilAt, replaces } };
}

/** Offers of some queues, in some order, each with some names, of which the storage may not know each. */
export const offers: fc.Arbitrary<Offer[]> = fc
  .record({
    queues: fc.shuffledSubarray([...QUEUES, "unknown"], { minLength: 1 }),
    names: fc.shuffledSubarray([...NAMES, "unknown"], { minLength: 1 }),
  })
  .map(({ queues, names }) => queues.map((queue) => ({ queue, names })));

export const stepPlan = fc.record({
  task,
  back,
  choice: fc.nat(65),
  delay,
  small: fc.nat(3),
});
