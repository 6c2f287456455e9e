/** No attempt has two recorded outcomes, and no life of a task two attempts that ended it. */
import type { Report, RunHistory, TaskHistory } from "../history.ts";
import { attemptOf, firstOfItsKind, outcomeClass, possibleRetries } from "../knowledge.ts";
import { linesOf, taskRule, type Breach } from "../rule.ts";
import { latestEffectAt } from "../time.ts";

export const doubled = taskRule(
  "doubled",
  "an attempt has one recorded outcome, and one attempt ends the task",
  function* (run, task) {
    const recorded = task.reports.filter(({ verdict }) => verdict?.verdict === "RECORDED");
    if (recorded.length < 2) return;
    const byToken = Map.groupBy(recorded, ({ token }) => token);
    for (const reports of byToken.values()) yield* twoOutcomes(task, reports);
    yield* twoEnds(run, task, [...byToken.values()]);
  },
);

/** The same report again is RECORDED again; another one of the same attempt never is. */
function* twoOutcomes(task: TaskHistory, reports: readonly Report[]): Generator<Breach> {
  const [first, ...others] = reports;
  const other = others.find(({ kind }) => outcomeClass(kind) !== outcomeClass(first!.kind));
  if (first === undefined || other === undefined) return;
  yield {
    taskId: task.id,
    attempt: attemptOf(task, first.token),
    message: `${first.kind} and ${other.kind} were both RECORDED for one token`,
    lines: [linesOf(first.call), linesOf(other.call)],
  };
}

/** A success and a cancel end the task: two attempts can do so only with a RetryTask in between. */
function* twoEnds(
  run: RunHistory,
  task: TaskHistory,
  attempts: readonly (readonly Report[])[],
): Generator<Breach> {
  const ends = attempts
    .flatMap(
      (reports) => reports.find(({ kind }) => kind === "success" || kind === "canceled") ?? [],
    )
    .map((report) => firstOfItsKind(task, report))
    .toSorted((a, b) => numberOf(task, a) - numberOf(task, b));
  const retries = possibleRetries(run, task);
  for (const [index, second] of ends.entries()) {
    const first = ends[index - 1];
    if (first === undefined) continue;
    const isRetried = retries.some(
      (retry) =>
        retry.sent.at <= (second.call.ended?.at ?? Infinity) &&
        latestEffectAt(run, retry) >= first.call.sent.at,
    );
    if (isRetried) continue;
    yield {
      taskId: task.id,
      attempt: attemptOf(task, second.token),
      message: `${second.kind} was RECORDED though attempt ${attemptOf(task, first.token) ?? "?"} had ended the task (${first.kind}) and nobody retried it`,
      lines: [linesOf(first.call), linesOf(second.call)],
    };
  }
}

/** Where nobody noted the number, the time of the report orders the attempts. */
function numberOf(task: TaskHistory, report: Report): number {
  return attemptOf(task, report.token) ?? report.call.sent.at;
}
