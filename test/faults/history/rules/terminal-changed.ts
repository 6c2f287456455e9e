/** A terminal state stays, with its result, until RetryTask begins another life. */
import type { RunHistory, Sight, TaskHistory } from "../history.ts";
import { endsKnown, isTerminal, possibleRetries } from "../knowledge.ts";
import { lineOf, taskRule, type Breach } from "../rule.ts";

export const terminalChanged = taskRule(
  "terminal-changed",
  "a terminal state, its time and its result never change, save by RetryTask",
  function* (run, task) {
    for (const sights of Map.groupBy(task.sights, (sight) => sight.task.retries).values())
      yield* changed(task, sights);
    yield* unasked(run, task);
    yield* otherThanReported(run, task);
  },
);

function* changed(task: TaskHistory, sights: readonly Sight[]): Generator<Breach> {
  const end = sights.find((sight) => isTerminal(sight.task.state));
  if (end === undefined) return;
  // Awaits tell results, lists don't.
  const withResult = sights.find(
    (sight) => isTerminal(sight.task.state) && sight.task.result !== undefined,
  );
  for (const sight of sights) {
    const message = difference(end, sight) ?? otherResult(withResult, sight);
    if (message === undefined) continue;
    const first = difference(end, sight) === undefined ? withResult! : end;
    yield breach(task, message, [lineOf(first.seen), lineOf(sight.seen)]);
    return;
  }
}

function difference({ task: end }: Sight, { task }: Sight): string | undefined {
  if (!isTerminal(task.state)) {
    if (task.revision < end.revision) return undefined;
    return `${end.state} at revision ${end.revision}, yet ${task.state} at revision ${task.revision} without a retry`;
  }
  if (task.state !== end.state) return `seen as ${end.state}, and as ${task.state}`;
  if (task.endedAt !== end.endedAt)
    return `${end.state} with two end times, ${end.endedAt} and ${task.endedAt}`;
  if (task.revision === end.revision) return undefined;
  return `${end.state} at revision ${end.revision}, and at ${task.revision} without a retry`;
}

function otherResult(known: Sight | undefined, { task }: Sight): string | undefined {
  if (known === undefined || task.result === undefined || !isTerminal(task.state)) return undefined;
  if (task.result === known.task.result) return undefined;
  return `seen with two results, ${known.task.result} and ${task.result}`;
}

/** More lives than retries that were asked for. */
function* unasked(run: RunHistory, task: TaskHistory): Generator<Breach> {
  if (run.bulkRetries.length > 0) return;
  const asked = possibleRetries(run, task).length;
  const sight = task.sights.find(({ task: { retries } }) => retries > asked);
  if (sight === undefined) return;
  const message = `retried ${sight.task.retries} times, but only ${asked} retries were asked for`;
  yield breach(task, message, [lineOf(sight.seen)]);
}

/** Without any retry there is one end: what a report was told is what everybody sees. */
function* otherThanReported(run: RunHistory, task: TaskHistory): Generator<Breach> {
  if (possibleRetries(run, task).length > 0) return;
  let first: { state: string; line: string } | undefined;
  for (const { state, seen } of endsKnown(task)) {
    first ??= { state, line: lineOf(seen) };
    if (state === first.state) continue;
    const message = `ended as ${first.state}, and as ${state}`;
    yield breach(task, message, [first.line, lineOf(seen)]);
    return;
  }
}

function breach(task: TaskHistory, message: string, lines: readonly string[]): Breach {
  return { taskId: task.id, message, lines };
}
