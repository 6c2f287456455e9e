/** What a creation writes beside the records: all of it follows from the tasks, so that the script need not look into them. */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { waitingDeadlineAt, type TaskRecord } from "../../core/record.ts";
import type { UniqueClaim } from "../../storage/storage.ts";
import { byCode, chunksOf } from "./chunks.ts";
import { KEY } from "./keys.ts";
import { readyScore } from "./lua-constants.ts";

/** Command, part of its key, and arguments. */
type Command = string[];

interface Created {
  readonly record: TaskRecord;
  readonly tag: string | undefined;
  readonly claim: UniqueClaim | undefined;
}

/** Neighbours that have the same place in the same indexes, but for those of their tags. */
interface Run {
  readonly first: TaskRecord;
  readonly ids: string[];
}

/** The commands for new waiting tasks, one for each key. */
export function creationCommands(tasks: readonly Created[]): Command[] {
  const chunked = new IndexedIds();
  const plain = new IndexedIds();
  const counts = new Map<string, number>();
  const pairs = new Set<string>();
  const dues = new Map<string, number>();
  for (const { first, ids } of runsOf(tasks)) {
    const { queue, name, state, dueAt } = first;
    const pair = `${queue}\0${name}`;
    pairs.add(pair);
    const counter = `${queue}\0${state}`;
    counts.set(counter, (counts.get(counter) ?? 0) + ids.length);
    chunked.add(KEY.created, first.createdAt, ids);
    if (state === TaskState.PENDING)
      chunked.add(KEY.ready + pair, readyScore(first.priority, first.orderAt), ids);
    else {
      const part = (state === TaskState.SCHEDULED ? KEY.scheduled : KEY.retrying) + pair;
      plain.add(part, dueAt, ids);
      dues.set(part, Math.min(dues.get(part) ?? dueAt, dueAt));
    }
    const deadlineAt = waitingDeadlineAt(first);
    if (deadlineAt > 0) plain.add(KEY.deadlines, deadlineAt, ids);
  }
  const claims: Command[] = [];
  for (const { record, tag, claim } of tasks) {
    for (const each of record.tags) plain.add(KEY.tag + each, record.createdAt, [record.id]);
    if (tag !== undefined)
      claims.push(["SET", KEY.unique + tag, `${claim?.untilAt ?? 0} ${record.id}`]);
  }
  return [
    ...chunked.commands(chunksOf),
    ...plain.commands((ids) => ids),
    ...[...dues].map(([part, dueAt]) => ["ZADD", KEY.due, "LT", String(dueAt), part]),
    ...[...counts].map(([field, count]) => ["HINCRBY", KEY.counters, field, String(count)]),
    ["SADD", KEY.pairs, ...pairs],
    ...claims,
  ];
}

function runsOf(tasks: readonly Created[]): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  for (const { record } of tasks) {
    if (last !== undefined && isAlike(last.first, record)) last.ids.push(record.id);
    else {
      last = { first: record, ids: [record.id] };
      runs.push(last);
    }
  }
  // Once for all indexes: they sort again, but sorting what is sorted costs little.
  for (const { ids } of runs) ids.sort(byCode);
  return runs;
}

function isAlike(a: TaskRecord, b: TaskRecord): boolean {
  return (
    a.createdAt === b.createdAt &&
    a.dueAt === b.dueAt &&
    a.orderAt === b.orderAt &&
    a.priority === b.priority &&
    a.state === b.state &&
    a.name === b.name &&
    a.queue === b.queue &&
    waitingDeadlineAt(a) === waitingDeadlineAt(b)
  );
}

/** Gathers the ids of sorted sets by score. */
class IndexedIds {
  readonly #sets = new Map<string, Map<number, string[]>>();

  add(part: string, score: number, ids: readonly string[]): void {
    const scores = this.#sets.get(part) ?? new Map<number, string[]>();
    this.#sets.set(part, scores);
    const known = scores.get(score);
    if (known === undefined) scores.set(score, [...ids]);
    else known.push(...ids);
  }

  /** A command for each set; `membersOf` makes members of the ids of one score. */
  commands(membersOf: (ids: readonly string[]) => readonly string[]): Command[] {
    return [...this.#sets].map(([part, scores]) => [
      "ZADD",
      part,
      ...[...scores].flatMap(([score, ids]) =>
        membersOf(ids).flatMap((member) => [String(score), member]),
      ),
    ]);
  }
}
