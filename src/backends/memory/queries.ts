/** Reading many tasks: lists, counts, and the state of queues. */
import type { TaskFilter, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { isCounted, recordPredicate } from "../../core/filter.ts";
import type { TaskRecord } from "../../core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../core/tags.ts";
import { stateAt } from "../../core/record.ts";
import type { Cursor, ListPage, ListParams, QueueStats, TaskCount } from "../../storage/storage.ts";
import { CreationOrder } from "./creation-order.ts";
import type { Entry } from "./entry.ts";
import type { Tasks } from "./tasks.ts";

export function listTasks(tasks: Tasks, params: ListParams, now: number): ListPage {
  const matches = recordPredicate(params.filter, params.cutoffAt);
  const records: TaskRecord[] = [];
  let examined = 0;
  let last: TaskRecord | undefined;
  for (const { record } of candidates(tasks, params.filter).newestFirst(params.after)) {
    if (last !== undefined && (records.length >= params.limit || examined >= params.maxExamined))
      return { records, next: cursorOf(last) };
    examined += 1;
    last = record;
    if (matches(record, now)) records.push(record);
  }
  return { records };
}

export function countTasks(
  tasks: Tasks,
  params: { readonly filter: TaskFilter; readonly maxExamined: number },
  now: number,
): TaskCount {
  return isCounted(params.filter)
    ? countByCounters(tasks, params.filter, now)
    : countByReading(tasks, params, now);
}

export function queueStats(tasks: Tasks, queues: readonly string[], now: number): QueueStats[] {
  const names = queues.length === 0 ? tasks.counters.names() : queues;
  return names
    .filter((queue) => tasks.counters.has(queue))
    .map((queue) => {
      tasks.ready.promote(queue, now);
      return {
        queue,
        states: tasks.counters.states(queue),
        oldestPendingAt: tasks.counters.oldestPendingAt(queue),
        waitingNames: tasks.ready.names(queue),
      };
    });
}

function countByCounters(tasks: Tasks, filter: TaskFilter, now: number): TaskCount {
  const tally = new Tally();
  const queues = filter.queues.length === 0 ? tasks.counters.names() : new Set(filter.queues);
  for (const queue of queues) {
    tasks.ready.promote(queue, now);
    for (const [state, count] of tasks.counters.states(queue))
      if (filter.states.length === 0 || filter.states.includes(state)) tally.add(state, count);
  }
  return tally.result(false);
}

function countByReading(
  tasks: Tasks,
  { filter, maxExamined }: { readonly filter: TaskFilter; readonly maxExamined: number },
  now: number,
): TaskCount {
  const matches = recordPredicate(filter);
  const tally = new Tally();
  let examined = 0;
  for (const { record } of candidates(tasks, filter).newestFirst(undefined)) {
    if (examined >= maxExamined) return tally.result(true);
    examined += 1;
    if (matches(record, now)) tally.add(stateAt(record, now), 1);
  }
  return tally.result(false);
}

class Tally {
  readonly #states = new Map<TaskState, number>();
  #count = 0;

  add(state: TaskState, count: number): void {
    this.#count += count;
    this.#states.set(state, (this.#states.get(state) ?? 0) + count);
  }

  result(approximate: boolean): TaskCount {
    return { count: this.#count, approximate, states: this.#states };
  }
}

/** The smallest set, in order of creation, that holds all that the filter can match. */
function candidates(tasks: Tasks, filter: TaskFilter): CreationOrder {
  const orders = tagsIn(filter).map((tag) => tasks.tagged(tag));
  if (filter.taskIds.length > 0) orders.push(byIds(tasks, filter.taskIds));
  return orders.reduce((a, b) => (b.size < a.size ? b : a), tasks.created);
}

/** Tags that every match has. */
function tagsIn(filter: TaskFilter): string[] {
  const tags = Object.entries(filter.labels).map(([key, value]) => labelTag(key, value));
  const [name, parent, key] = [
    only(filter.names),
    only(filter.parentTaskIds),
    only(filter.uniqueKeys),
  ];
  if (parent !== undefined) tags.push(parentTag(parent));
  if (name !== undefined && key !== undefined) tags.push(uniqueTag(name, key));
  return tags;
}

function only<Value>(values: readonly Value[]): Value | undefined {
  return values.length === 1 ? values[0] : undefined;
}

function byIds(tasks: Tasks, ids: readonly string[]): CreationOrder {
  const order = new CreationOrder();
  for (const id of new Set(ids)) {
    const entry: Entry | undefined = tasks.get(id);
    if (entry !== undefined) order.add(entry);
  }
  return order;
}

function cursorOf({ createdAt, id }: TaskRecord): Cursor {
  return { createdAt, id };
}
