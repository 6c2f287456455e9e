/** A renewal succeeds for the current lease only. */
import type { Renewal, RunHistory, TaskHistory } from "../history.ts";
import { attemptOf, handOuts } from "../knowledge.ts";
import { lineOf, linesOf, taskRule, type Breach } from "../rule.ts";
import { isSurelyBefore } from "../time.ts";

export const supersededLease = taskRule(
  "superseded-lease",
  "the lease of an attempt is LOST once a later one was handed out or its outcome is recorded",
  function* (run, task) {
    for (const renewal of task.renewals) {
      if (renewal.word === undefined || renewal.word.verdict === "LOST") continue;
      const breach = superseded(run, task, renewal) ?? ended(run, task, renewal);
      if (breach !== undefined) yield breach;
    }
  },
);

function superseded(run: RunHistory, task: TaskHistory, renewal: Renewal): Breach | undefined {
  const attempt = attemptOf(task, renewal.token);
  if (attempt === undefined) return undefined;
  const later = handOuts(task).find(
    (other) => other.attempt > attempt && isSurelyBefore(run, other.seen, renewal.call.sent),
  );
  if (later === undefined) return undefined;
  return {
    taskId: task.id,
    attempt,
    message: `the lease of attempt ${attempt} was ${renewal.word?.verdict} though attempt ${later.attempt} had been handed out`,
    lines: [lineOf(later.seen), linesOf(renewal.call)],
  };
}

function ended(run: RunHistory, task: TaskHistory, renewal: Renewal): Breach | undefined {
  const report = task.reports.find(
    ({ token, verdict, call }) =>
      token === renewal.token &&
      verdict?.verdict === "RECORDED" &&
      call.ended !== undefined &&
      isSurelyBefore(run, call.ended, renewal.call.sent),
  );
  if (report === undefined) return undefined;
  return {
    taskId: task.id,
    attempt: attemptOf(task, renewal.token),
    message: `the lease was ${renewal.word?.verdict} though its ${report.kind} had been RECORDED`,
    lines: [linesOf(report.call), linesOf(renewal.call)],
  };
}
