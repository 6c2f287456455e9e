/** Nothing starts before it is due. */
import type { Creation, Report, RunHistory, TaskHistory } from "../history.ts";
import { attemptOf, firstOfItsKind, handOuts, mayHaveCreated, type HandOut } from "../knowledge.ts";
import { lineOf, linesOf, span, taskRule, type Breach } from "../rule.ts";
import { mayHaveHappened } from "../time.ts";

export const startedEarly = taskRule(
  "started-early",
  "a delayed task, or one that waits for its next attempt, does not start before it is due",
  function* (run, task) {
    const created = task.creations.filter((creation) => mayHaveCreated(task, creation));
    const [creation] = created;
    if (creation === undefined) return;
    const early = handOuts(task).find((handOut) =>
      created.every((one) => isEarly(run, task, handOut, dueOf(one))),
    );
    if (early !== undefined) {
      const by = span(Math.min(...created.map((one) => dueOf(one).at)) - early.seen.at);
      const message = `attempt ${early.attempt} was handed out ${by} before the task was due`;
      yield breach(task, early, message, linesOf(creation.call));
    }
    for (const report of task.reports) yield* pausedTooShort(run, task, report);
  },
);

/** Reckoned from a moment: a clock that jumps after it may come early there. */
interface Due {
  readonly at: number;
  readonly from: number;
}

/** A time of day is that of the server's clock, whenever it jumped. */
function dueOf({ call, task: { scheduleAt, delayMs = 0 } }: Creation): Due {
  if (scheduleAt !== undefined) return { at: scheduleAt, from: 0 };
  return { at: call.sent.at + delayMs, from: call.sent.at };
}

/** The delay that a release or a failure asked for. */
function* pausedTooShort(run: RunHistory, task: TaskHistory, report: Report): Generator<Breach> {
  const attempt = attemptOf(task, report.token);
  if (report.verdict?.verdict !== "RECORDED" || !report.delayMs || attempt === undefined) return;
  const first = firstOfItsKind(task, report);
  const from = first.call.sent.at;
  const due = { at: from + Math.min(report.delayMs, first.delayMs ?? 0), from };
  const early = handOuts(task).find(
    (handOut) => handOut.attempt > attempt && isEarly(run, task, handOut, due),
  );
  if (early === undefined) return;
  const by = span(due.at - early.seen.at);
  const message = `attempt ${early.attempt} was handed out ${by} before the delay of attempt ${attempt} was over`;
  yield breach(task, early, message, linesOf(first.call));
}

function isEarly(run: RunHistory, task: TaskHistory, { seen }: HandOut, due: Due): boolean {
  const { clockSkewMs } = run.settings;
  const earlyMs = due.at - seen.at - clockSkewMs;
  if (earlyMs <= 0 || earlyMs <= run.injections.aheadMs(due.from, seen.at)) return false;
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
