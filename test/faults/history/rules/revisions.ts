/** Whoever reads a task after somebody else sees it as new, or newer. */
import type { RunHistory, Sight, TaskHistory } from "../history.ts";
import { endKnownBy, isTerminal, isWaiting, possibleRetries } from "../knowledge.ts";
import { lineOf, linesOf, taskRule, type Breach } from "../rule.ts";
import { isSurelyBefore } from "../time.ts";

export const revisions = taskRule(
  "revisions",
  "the revision of a task never goes back, and stands for one state",
  function* (run, task) {
    yield* twoStates(task);
    yield* wentBack(run, task);
    yield* aliveAgain(run, task);
  },
);

function* wentBack(run: RunHistory, task: TaskHistory): Generator<Breach> {
  const byTime = task.sights.toSorted((a, b) => a.seen.at - b.seen.at);
  // Nearly always: then no pair can be in the wrong order.
  if (
    byTime.every((sight, index) => sight.task.revision >= (byTime[index - 1]?.task.revision ?? 0))
  )
    return;
  for (const sight of byTime) {
    const newer = byTime.find(
      (other) =>
        other.task.revision > sight.task.revision &&
        isSurelyBefore(run, other.seen, sight.call.sent),
    );
    if (newer === undefined) continue;
    yield backwards(task, newer, sight);
    return;
  }
}

/** The end was recorded, and a read that was sent afterwards does not know of it. */
function* aliveAgain(run: RunHistory, task: TaskHistory): Generator<Breach> {
  const known = endKnownBy(task);
  if (known === undefined) return;
  const sight = task.sights.find(
    ({ call, task: { state } }) => !isTerminal(state) && isSurelyBefore(run, known, call.sent),
  );
  if (sight === undefined || possibleRetries(run, task).length > 0) return;
  yield {
    taskId: task.id,
    message: `told as ${sight.task.state} to a ${sight.call.op} that was sent after its end was known`,
    lines: [lineOf(known), linesOf(sight.call)],
  };
}

function backwards(task: TaskHistory, newer: Sight, sight: Sight): Breach {
  const ended = isTerminal(newer.task.state) ? ` (${newer.task.state})` : "";
  return {
    taskId: task.id,
    message: `a ${sight.call.op} that was sent after revision ${newer.task.revision}${ended} had been seen told revision ${sight.task.revision} (${sight.task.state})`,
    lines: [lineOf(newer.seen), linesOf(sight.call)],
  };
}

function* twoStates(task: TaskHistory): Generator<Breach> {
  const byRevision = new Map<number, Sight>();
  for (const sight of task.sights) {
    const { revision } = sight.task;
    const first = byRevision.get(revision);
    if (first === undefined) byRevision.set(revision, sight);
    if (first === undefined || isSame(first, sight)) continue;
    yield {
      taskId: task.id,
      message: `revision ${revision} was seen as ${first.task.state}, and as ${sight.task.state}`,
      lines: [lineOf(first.seen), lineOf(sight.seen)],
    };
    return;
  }
}

/** What waits becomes due without a write. */
function isSame({ task: a }: Sight, { task: b }: Sight): boolean {
  return a.state === b.state || (isWaiting(a.state) && isWaiting(b.state));
}
