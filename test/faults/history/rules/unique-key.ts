/** A unique key is held by one task at a time. */
import type { Moment, RunHistory, TaskHistory } from "../history.ts";
import { aliveAt, createdAfter, existedBy, mayHaveCreated, possibleRetries } from "../knowledge.ts";
import { isReused, lineOf, span, type Breach, type Rule } from "../rule.ts";
import { isSurelyBefore, mayHaveHappened } from "../time.ts";

/** From `from` to `until`, at the least, the task held its key. */
interface Hold {
  readonly task: TaskHistory;
  readonly from: Moment;
  readonly until: Moment;
}

export const uniqueKey: Rule = {
  name: "unique-key",
  says: "no two tasks hold a unique key at the same time",
  *check(run) {
    for (const [key, tasks] of byKey(run)) {
      if (tasks.length < 2) continue;
      const mayBeReplaced = tasks.some((task) =>
        task.creations.some((creation) => creation.task.replaces === true),
      );
      const holds = tasks
        .flatMap((task) => holdOf(run, task, mayBeReplaced) ?? [])
        .toSorted((a, b) => a.from.at - b.from.at);
      yield* overlaps(run, key, holds);
    }
  },
};

function* overlaps(run: RunHistory, key: string, holds: readonly Hold[]): Generator<Breach> {
  let longest: Hold | undefined;
  for (const hold of holds) {
    if (longest !== undefined && isSurelyBefore(run, hold.from, longest.until))
      yield {
        taskId: hold.task.id,
        message: `held ${key} together with ${longest.task.id} for ${span(Math.min(longest.until.at, hold.until.at) - hold.from.at)}`,
        lines: [longest.from, longest.until, hold.from, hold.until].map(lineOf),
      };
    if (longest === undefined || hold.until.at > longest.until.at) longest = hold;
  }
}

function byKey(run: RunHistory): Map<string, TaskHistory[]> {
  const byKey = new Map<string, TaskHistory[]>();
  for (const task of run.tasks.values()) {
    const key = isReused(task) ? undefined : keyOf(task);
    if (key === undefined) continue;
    const tasks = byKey.get(key);
    if (tasks === undefined) byKey.set(key, [task]);
    else tasks.push(task);
  }
  return byKey;
}

/** Where enqueues of one id disagree, nobody knows which of them made the task. */
function keyOf(task: TaskHistory): string | undefined {
  const keys = new Set(
    task.creations
      .filter((creation) => mayHaveCreated(task, creation))
      .map(({ task: { uniqueKey, name } }) => uniqueKey && `key ${uniqueKey} of ${name}`),
  );
  return keys.size === 1 ? [...keys][0] : undefined;
}

/** With a window: until it closes. Without one: until the last moment at which the task was alive for sure. */
function holdOf(run: RunHistory, task: TaskHistory, mayBeReplaced: boolean): Hold | undefined {
  const from = existedBy(task);
  const windows = task.creations.map((creation) => creation.task.uniqueWindowMs);
  const isWindowed = windows.some((ms) => ms !== undefined);
  // A later life takes the key anew; when, is known only of the first one.
  const retriedAt = Math.min(...possibleRetries(run, task).map(({ sent }) => sent.at));
  const until = isWindowed
    ? mayBeReplaced
      ? undefined
      : windowEnd(run, task, windows)
    : aliveAt(task, retriedAt - run.settings.clockSkewMs);
  if (from === undefined || until === undefined || from.at >= until.at) return undefined;
  return { task, from, until };
}

function windowEnd(
  run: RunHistory,
  task: TaskHistory,
  windows: readonly (number | undefined)[],
): Moment | undefined {
  const after = createdAfter(task);
  const isDeleted = task.controls.some(
    ({ call }) => call.op === "delete" && mayHaveHappened(run, call),
  );
  if (after === undefined || isDeleted) return undefined;
  // The key goes with its task when that is purged.
  const heldMs = Math.min(...windows.map((ms) => ms ?? 0), retentionMs(run, task));
  const at = after.at + heldMs - run.injections.aheadMs(after.at, after.at + heldMs);
  return { ...after, process: "", at: at - run.settings.clockSkewMs };
}

function retentionMs(run: RunHistory, task: TaskHistory): number {
  const named = task.creations.flatMap((creation) => creation.task.retentionMs ?? []);
  return Math.min(run.settings.retentionMs, ...named);
}
