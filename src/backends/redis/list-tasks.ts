/** Storage.list and Storage.count on Redis. */
import type { TaskFilter, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isCounted, recordPredicate } from "../../core/filter.ts";
import { stateAt, type TaskRecord } from "../../core/record.ts";
import type { ListPage, ListParams, TaskCount } from "../../storage/storage.ts";
import type { StorageContext } from "./context.ts";
import { chooseIndex, type TaskIndex } from "./index-choice.ts";
import { boundsOf, newestFirst, readOrdered, walkIndex } from "./index-walk.ts";
import { readCounts } from "./queue-counts.ts";
import { readRecords } from "./read-tasks.ts";

/** Entries of an index that are read at once. */
const PIECE = 200;

/** A page of matching records; see Storage.list. */
export async function listTasks(context: StorageContext, params: ListParams): Promise<ListPage> {
  const { filter, maxExamined } = params;
  if (filter.taskIds.length > 0) return listSelected(context, params, filter.taskIds);
  const index = await chooseIndex(context, filter, maxExamined);
  if (index.isOrdered) return listInOrder(context, params, index);
  return listSelected(context, params, index.ids);
}

async function listInOrder(
  context: StorageContext,
  params: ListParams,
  index: TaskIndex,
): Promise<ListPage> {
  const matches = recordPredicate(params.filter, params.cutoffAt);
  const bounds = boundsOf(params.filter, params.cutoffAt);
  const records: TaskRecord[] = [];
  let after = params.after;
  let left = params.maxExamined;
  for (;;) {
    const count = Math.min(left, PIECE);
    const page = await walkIndex(context, { index, after, bounds, count, withoutSpec: false });
    const now = context.connection.clock.now();
    for (const [at, { createdAt, id, record }] of page.entries.entries()) {
      after = { createdAt, id };
      if (record === undefined || !matches(record, now)) continue;
      records.push(record);
      if (records.length < params.limit) continue;
      const isLast = page.isEnd && at === page.entries.length - 1;
      return { records, next: isLast ? undefined : after };
    }
    left -= page.entries.length;
    if (page.isEnd) return { records };
    if (left <= 0) return { records, next: after };
  }
}

async function listSelected(
  context: StorageContext,
  params: ListParams,
  ids: readonly string[],
): Promise<ListPage> {
  const { after, limit } = params;
  const matches = recordPredicate(params.filter, params.cutoffAt);
  const read = await readOrdered(context, [...new Set(ids)]);
  const now = context.connection.clock.now();
  const found = read.filter(
    (record) => matches(record, now) && (after === undefined || newestFirst(after, record) < 0),
  );
  const page = found.slice(0, limit);
  // Read whole only now; one that no longer matches by then makes the page shorter.
  const whole = await readRecords(
    context,
    page.map(({ id }) => id),
  );
  const records = whole.filter((record) => record !== undefined && matches(record, now));
  const last = page.at(-1);
  if (found.length <= limit || last === undefined) return { records: records as TaskRecord[] };
  return { records: records as TaskRecord[], next: { createdAt: last.createdAt, id: last.id } };
}

/** How many tasks match; see Storage.count. */
export async function countTasks(
  context: StorageContext,
  params: { readonly filter: TaskFilter; readonly maxExamined: number },
): Promise<TaskCount> {
  const { filter, maxExamined } = params;
  if (isCounted(filter)) return countByCounters(context, filter);
  if (filter.taskIds.length > 0) return countSelected(context, filter, filter.taskIds);
  const index = await chooseIndex(context, filter, maxExamined);
  if (!index.isOrdered) return countSelected(context, filter, index.ids);
  return countInOrder(context, filter, index, maxExamined);
}

async function countByCounters(context: StorageContext, filter: TaskFilter): Promise<TaskCount> {
  const states = new Map<TaskState, number>();
  for (const ofQueue of (await readCounts(context, filter.queues)).values()) {
    for (const [state, count] of ofQueue) {
      if (filter.states.length > 0 && !filter.states.includes(state)) continue;
      states.set(state, (states.get(state) ?? 0) + count);
    }
  }
  return toCount(states, false);
}

async function countSelected(
  context: StorageContext,
  filter: TaskFilter,
  ids: readonly string[],
): Promise<TaskCount> {
  const states = new Map<TaskState, number>();
  const records = await readOrdered(context, [...new Set(ids)]);
  countMatches(states, records, filter, context.connection.clock.now());
  return toCount(states, false);
}

async function countInOrder(
  context: StorageContext,
  filter: TaskFilter,
  index: TaskIndex,
  maxExamined: number,
): Promise<TaskCount> {
  const bounds = boundsOf(filter, 0);
  const states = new Map<TaskState, number>();
  let after: { createdAt: number; id: string } | undefined;
  for (let left = maxExamined; left > 0;) {
    const count = Math.min(left, PIECE);
    const page = await walkIndex(context, { index, after, bounds, count, withoutSpec: true });
    const records = page.entries.flatMap(({ record }) => (record === undefined ? [] : [record]));
    countMatches(states, records, filter, context.connection.clock.now());
    if (page.isEnd) return toCount(states, false);
    after = page.entries.at(-1);
    left -= page.entries.length;
  }
  return toCount(states, true);
}

function countMatches(
  states: Map<TaskState, number>,
  records: readonly TaskRecord[],
  filter: TaskFilter,
  now: number,
): void {
  const matches = recordPredicate(filter);
  for (const record of records) {
    if (!matches(record, now)) continue;
    const state = stateAt(record, now);
    states.set(state, (states.get(state) ?? 0) + 1);
  }
}

function toCount(states: ReadonlyMap<TaskState, number>, approximate: boolean): TaskCount {
  return {
    count: [...states.values()].reduce((sum, count) => sum + count, 0),
    approximate,
    states,
  };
}
