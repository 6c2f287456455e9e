/**
 * What the datastore was told and said, seen between a server and its storage: also the answers that a killed server
 * never got. Every revision of every task, with the rules that hold for them whatever fails.
 */
import assert from "node:assert/strict";
import { stateName } from "../../../src/core/state-names.ts";
import { isTerminal, type TaskRecord } from "../../../src/core/record.ts";
import { isStartable, mayFollow } from "../../../src/core/transitions.ts";
import { uniqueOf } from "../../../src/core/tags.ts";
import type { HandedOut } from "../../../src/storage/joint.ts";
import type {
  Change,
  CreateVerdict,
  NewTask,
  RemoveVerdict,
  TaskVersion,
  WriteVerdict,
} from "../../../src/storage/storage.ts";
import { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";

/** All revisions of one task, from its creation to its removal. */
type Life = Map<number, TaskRecord>;

export class Truth {
  readonly #lives = new Map<string, Life[]>();

  /** A call to the storage came back with this answer. */
  see(method: string, params: unknown, answer: unknown): void {
    if (method === "create")
      this.#created(
        (params as { tasks: readonly NewTask[] }).tasks,
        answer as readonly CreateVerdict[],
      );
    if (method === "write")
      this.#written(
        (params as { changes: readonly Change[] }).changes,
        answer as readonly WriteVerdict[],
      );
    if (method === "handOut") for (const record of (answer as HandedOut).records) this.#add(record);
    if (method === "remove")
      this.#removed(
        (params as { items: readonly TaskVersion[] }).items,
        answer as readonly RemoveVerdict[],
      );
  }

  get ids(): readonly string[] {
    return [...this.#lives.keys()];
  }

  /** The task as it was last; undefined where it never was, or is removed. */
  latest(id: string): TaskRecord | undefined {
    const life = this.#lives.get(id)?.at(-1);
    return life?.get(Math.max(...life.keys()));
  }

  /** Every revision of all tasks that had this id. */
  everyRevision(id: string): readonly TaskRecord[] {
    return (this.#lives.get(id) ?? []).flatMap((life) => [...life.values()]);
  }

  /** Tasks that could be handed out now. */
  startable(now: number): readonly TaskRecord[] {
    return this.ids.flatMap((id) => {
      const record = this.latest(id);
      return record !== undefined && isStartable(record, now) ? [record] : [];
    });
  }

  /** No key is held by two tasks that have not ended. To be asked when nothing is under way. */
  checkKeys(): void {
    const holders = new Map<string, string>();
    for (const id of this.ids) {
      const record = this.latest(id);
      const key = record && uniqueOf(record.tags)?.join(" of ");
      if (record === undefined || key === undefined || isTerminal(record.state)) continue;
      assert.ok(!holders.has(key), `key ${key} is held by ${holders.get(key)} and by ${id}`);
      holders.set(key, id);
    }
  }

  /** Each life is a chain of revisions, each of which may follow the one before. */
  checkLives(): void {
    for (const lives of this.#lives.values())
      for (const life of lives)
        for (const record of life.values()) {
          const before = life.get(record.revision - 1);
          if (before !== undefined) checkStep(before, record);
          else assert.equal(record.revision, 1, `${record.id}: who wrote the revision before?`);
        }
  }

  #created(tasks: readonly NewTask[], verdicts: readonly CreateVerdict[]): void {
    for (const [at, { record }] of tasks.entries()) {
      const { kind } = verdicts[at]!;
      if (kind !== "created") continue;
      const life = this.#life(record.id);
      assert.ok(!life.has(record.revision), `${record.id}: created twice`);
      life.set(record.revision, record);
    }
  }

  #written(changes: readonly Change[], verdicts: readonly WriteVerdict[]): void {
    for (const [at, { after }] of changes.entries())
      if (verdicts[at]!.kind === "applied") this.#add(after);
  }

  #removed(items: readonly TaskVersion[], verdicts: readonly RemoveVerdict[]): void {
    for (const [at, { id, revision }] of items.entries()) {
      const lives = this.#lives.get(id);
      const gone = verdicts[at]!.kind === "removed" && lives?.at(-1)?.has(revision);
      if (gone === true) lives?.push(new Map());
    }
  }

  #add(record: TaskRecord): void {
    const life = this.#life(record.id);
    const known = life.get(record.revision);
    const isSame =
      known === undefined ||
      (known.stamp === record.stamp &&
        known.state === record.state &&
        known.nonce === record.nonce);
    assert.ok(isSame, `${record.id}: two writes made revision ${record.revision}`);
    life.set(record.revision, record);
  }

  /** Answers of two servers may come in another order than their calls were made: a life may begin late. */
  #life(id: string): Life {
    let lives = this.#lives.get(id);
    if (lives === undefined) this.#lives.set(id, (lives = [new Map()]));
    return lives.at(-1)!;
  }
}

function checkStep(before: TaskRecord, record: TaskRecord): void {
  const step = `${record.id}: ${stateName(before.state)} to ${stateName(record.state)}`;
  assert.ok(mayFollow(before.state, record.state), `${step} is no step`);
  const isRetry = record.manualRetries === before.manualRetries + 1;
  assert.ok(!isTerminal(before.state) || isRetry, `${step}, without a retry by hand`);
  const isStart = record.state === TaskState.RUNNING && record.attempt > before.attempt;
  if (isStart)
    assert.ok(record.attemptStartedAt >= before.dueAt, `${step}: started before it was due`);
  const lost = before.ended.filter(
    ({ number, state }) =>
      number > record.attempt - 10 &&
      !record.ended.some((ended) => ended.number === number && ended.state === state),
  );
  assert.deepEqual(lost, [], `${step}: the outcome of an attempt has changed`);
}
