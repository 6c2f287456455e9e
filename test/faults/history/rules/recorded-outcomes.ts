/** What was answered RECORDED is what the task keeps, and it keeps nothing that nobody reported. */
import type { AttemptSight, AttemptStateName, TaskSight } from "../answer.ts";
import type { Report, RunHistory, Sight, TaskHistory } from "../history.ts";
import { attemptOf, outcomeClass } from "../knowledge.ts";
import { lineOf, linesOf, taskRule, type Breach } from "../rule.ts";

const KEPT_AS: Readonly<Record<ReturnType<typeof outcomeClass>, readonly AttemptStateName[]>> = {
  success: ["SUCCEEDED"],
  failure: ["FAILED", "TIMED_OUT"],
  stopped: ["RELEASED", "CANCELED"],
};

export const recordedOutcomes = taskRule(
  "recorded-outcomes",
  "the attempts of the final record are those that were reported, as they were reported",
  function* (run, task) {
    const last = task.sights.findLast(
      ({ call, task: sight }) => call.op === "readOut" && sight.attempts !== undefined,
    );
    if (last === undefined) return;
    for (const report of task.reports) {
      if (report.verdict?.verdict !== "RECORDED") continue;
      const breach = notKept(run, task, report, last);
      if (breach !== undefined) yield breach;
    }
    yield* fromNowhere(task, last);
  },
);

function notKept(
  run: RunHistory,
  task: TaskHistory,
  report: Report,
  last: Sight,
): Breach | undefined {
  const attempt = attemptOf(task, report.token);
  const kept = last.task.attempts?.find(({ number }) => number === attempt);
  if (attempt === undefined) return undefined;
  if (kept === undefined && mayBeForgotten(run, attempt, last.task)) return undefined;
  if (kept !== undefined && KEPT_AS[outcomeClass(report.kind)].includes(kept.state))
    return undefined;
  return {
    taskId: task.id,
    attempt,
    message: `${report.kind} was RECORDED, but the record ${kept === undefined ? "has no such attempt" : `keeps the attempt as ${kept.state}`}`,
    lines: [linesOf(report.call), lineOf(last.seen)],
  };
}

/** The record keeps the newest attempts only. */
function mayBeForgotten(run: RunHistory, attempt: number, { attempts = [] }: TaskSight): boolean {
  const ended = attempts.filter(({ state }) => state !== "RUNNING");
  if (ended.length < run.settings.attemptHistory) return false;
  return attempt < Math.min(...ended.map(({ number }) => number));
}

function* fromNowhere(task: TaskHistory, last: Sight): Generator<Breach> {
  for (const attempt of last.task.attempts ?? []) {
    const lease = task.leases.find(({ attempt: number }) => number === attempt.number);
    // Without a lease in the history the attempt ran where none is written, or its answer was lost.
    if (lease === undefined || attempt.state !== "SUCCEEDED") continue;
    const reports = task.reports.filter(
      ({ token, kind }) => token === lease.token && kind === "success",
    );
    const message = unreported(reports, attempt, last.task);
    if (message === undefined) continue;
    const lines = [lineOf(lease.got), lineOf(last.seen)];
    yield { taskId: task.id, attempt: attempt.number, message, lines };
  }
}

function unreported(
  reports: readonly Report[],
  { number }: AttemptSight,
  { result, attempts = [] }: TaskSight,
): string | undefined {
  if (reports.length === 0)
    return "the record keeps it as SUCCEEDED, but nobody reported a success";
  if (result === undefined || number !== attempts.at(-1)?.number) return undefined;
  if (reports.some((report) => (report.result ?? "") === result)) return undefined;
  return `the record keeps the result ${result}, but ${reports[0]?.result ?? "none"} was reported`;
}
