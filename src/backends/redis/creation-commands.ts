/** What a creation writes beside the records: all of it follows from the tasks, so that the script need not look into them. */
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { waitingDeadlineAt, type TaskRecord } from "../../core/record.ts";
import type { UniqueClaim } from "../../storage/storage.ts";
import { chunksOf } from "./chunks.ts";
import { KEY } from "./keys.ts";
import { readyScore } from "./lua-constants.ts";

/** Command, part of its key, and arguments. */
type Command = string[];

interface Created {
  readonly record: TaskRecord;
  readonly tag: string | undefined;
  readonly claim: UniqueClaim | undefined;
}

/** The commands for new waiting tasks, one for each key. */
export function creationCommands(tasks: readonly Created[]): Command[] {
  const chunked = new ChunkedSets();
  const plain = new Map<string, string[]>();
  const counts = new Map<string, number>();
  const pairs = new Set<string>();
  const dues = new Map<string, number>();
  const claims: Command[] = [];
  const add = (part: string, score: number, id: string): void => {
    const members = plain.get(part) ?? [];
    members.push(String(score), id);
    plain.set(part, members);
  };
  for (const { record, tag, claim } of tasks) {
    const { id, createdAt, dueAt } = record;
    const pair = `${record.queue}\0${record.name}`;
    pairs.add(pair);
    const counter = `${record.queue}\0${record.state}`;
    counts.set(counter, (counts.get(counter) ?? 0) + 1);
    chunked.add(KEY.created, createdAt, id);
    if (record.state === TaskState.PENDING)
      chunked.add(KEY.ready + pair, readyScore(record.priority, record.orderAt), id);
    else {
      const part = (record.state === TaskState.SCHEDULED ? KEY.scheduled : KEY.retrying) + pair;
      add(part, dueAt, id);
      dues.set(part, Math.min(dues.get(part) ?? dueAt, dueAt));
    }
    const deadlineAt = waitingDeadlineAt(record);
    if (deadlineAt > 0) add(KEY.deadlines, deadlineAt, id);
    for (const each of record.tags) add(KEY.tag + each, createdAt, id);
    if (tag !== undefined) claims.push(["SET", KEY.unique + tag, `${claim?.untilAt ?? 0} ${id}`]);
  }
  return [
    ...chunked.commands(),
    ...[...plain].map(([part, members]) => ["ZADD", part, ...members]),
    ...[...dues].map(([part, dueAt]) => ["ZADD", KEY.due, "LT", String(dueAt), part]),
    ...[...counts].map(([field, count]) => ["HINCRBY", KEY.counters, field, String(count)]),
    ["SADD", KEY.pairs, ...pairs],
    ...claims,
  ];
}

/** Gathers ids of chunked sets by score. */
class ChunkedSets {
  readonly #sets = new Map<string, Map<number, string[]>>();

  add(part: string, score: number, id: string): void {
    const scores = this.#sets.get(part) ?? new Map<number, string[]>();
    this.#sets.set(part, scores);
    const ids = scores.get(score);
    if (ids === undefined) scores.set(score, [id]);
    else ids.push(id);
  }

  commands(): Command[] {
    return [...this.#sets].map(([part, scores]) => [
      "ZADD",
      part,
      ...[...scores].flatMap(([score, ids]) =>
        chunksOf(ids).flatMap((member) => [String(score), member]),
      ),
    ]);
  }
}
