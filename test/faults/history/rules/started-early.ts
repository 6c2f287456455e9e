/** Nothing starts before it is due. */
import type { Report, RunHistory, TaskHistory } from "../history.ts";
import { attemptOf, firstOfItsKind, handOuts, mayHaveCreated, type HandOut } from "../knowledge.ts";
import { lineOf, linesOf, span, taskRule, type Breach } from "../rule.ts";
import { mayHaveHappened } from "../time.ts";

export const startedEarly = taskRule(
  "started-early",
  "a delayed task, or one that waits for its next attempt, does not start before it is due",
  function* (run, task) {
    const created = task.creations.filter((creation) => mayHaveCreated(task, creation));
    const due = Math.min(
      ...created.map(({ call, task: { scheduleAt, delayMs = 0 } }) =>
        Math.max(scheduleAt ?? 0, call.sent.at + delayMs),
      ),
    );
    const creation = created[0];
    const early = handOuts(task).find((handOut) => isEarly(run, task, handOut, due));
    if (creation !== undefined && early !== undefined) {
      const by = span(due - early.seen.at);
      const message = `attempt ${early.attempt} was handed out ${by} before the task was due`;
      yield breach(task, early, message, linesOf(creation.call));
    }
    for (const report of task.reports) yield* pausedTooShort(run, task, report);
  },
);

/** The delay that a release or a failure asked for. */
function* pausedTooShort(run: RunHistory, task: TaskHistory, report: Report): Generator<Breach> {
  const attempt = attemptOf(task, report.token);
  if (report.verdict?.verdict !== "RECORDED" || !report.delayMs || attempt === undefined) return;
  const first = firstOfItsKind(task, report);
  const due = first.call.sent.at + Math.min(report.delayMs, first.delayMs ?? 0);
  const early = handOuts(task).find(
    (handOut) => handOut.attempt > attempt && isEarly(run, task, handOut, due),
  );
  if (early === undefined) return;
  const by = span(due - early.seen.at);
  const message = `attempt ${early.attempt} was handed out ${by} before the delay of attempt ${attempt} was over`;
  yield breach(task, early, message, linesOf(first.call));
}

function isEarly(run: RunHistory, task: TaskHistory, { seen }: HandOut, due: number): boolean {
  const { clockSkewMs } = run.settings;
  if (seen.at + clockSkewMs >= due) return false;
  if (seen.at + clockSkewMs + run.injections.aheadMs(seen.at) >= due) return false;
  return !mayBeBroughtForward(run, task, seen.at);
}

/** A reschedule takes another time, a retry the time of now. */
function mayBeBroughtForward(run: RunHistory, task: TaskHistory, before: number): boolean {
  return [...task.controls.map(({ call }) => call), ...run.bulkRetries].some(
    (call) =>
      (call.op === "reschedule" || call.op === "retry" || call.op === "retryMatching") &&
      call.sent.at <= before &&
      mayHaveHappened(run, call),
  );
}

function breach(task: TaskHistory, handOut: HandOut, message: string, line: string): Breach {
  const { attempt, seen } = handOut;
  return { taskId: task.id, attempt, message, lines: [line, lineOf(seen)] };
}
