/** An outcome is recorded by the current lease only. */
import type { Lease, Report, RunHistory, TaskHistory } from "../history.ts";
import {
  attemptOf,
  firstOfItsKind,
  handOuts,
  isTerminal,
  possibleRetries,
  type HandOut,
} from "../knowledge.ts";
import { lineOf, linesOf, taskRule, type Breach } from "../rule.ts";
import { isSurelyBefore } from "../time.ts";

export const staleOutcome = taskRule(
  "stale-outcome",
  "an outcome of a superseded lease, or after the end of the task, is STALE",
  function* (run, task) {
    for (const report of task.reports) {
      if (report.verdict?.verdict !== "RECORDED") continue;
      const first = firstOfItsKind(task, report);
      if (mayBeReleased(run, task, first)) continue;
      yield* superseded(run, task, report, first);
      yield* afterTheEnd(run, task, report, first);
    }
  },
);

function* superseded(
  run: RunHistory,
  task: TaskHistory,
  report: Report,
  first: Report,
): Generator<Breach> {
  const attempt = attemptOf(task, report.token);
  if (attempt === undefined) return;
  for (const later of laterAttempts(task, attempt)) {
    if (!isSurelyBefore(run, later.seen, first.call.sent)) continue;
    yield {
      taskId: task.id,
      attempt,
      message: `${report.kind} of attempt ${attempt} was RECORDED though attempt ${later.attempt} had been handed out before it was first reported`,
      lines: [lineOf(later.seen), linesOf(first.call), linesOf(report.call)],
    };
    return;
  }
}

/** Every attempt after this one that somebody got, or saw in the task. */
function* laterAttempts(task: TaskHistory, attempt: number): Generator<HandOut> {
  for (const later of handOuts(task)) if (later.attempt > attempt) yield later;
  for (const { seen, task: sight } of task.sights)
    for (const { number } of sight.attempts ?? [])
      if (number > attempt) yield { attempt: number, seen };
}

function* afterTheEnd(
  run: RunHistory,
  task: TaskHistory,
  report: Report,
  first: Report,
): Generator<Breach> {
  if (possibleRetries(run, task).length > 0) return;
  for (const { seen, task: sight } of task.sights) {
    if (!isTerminal(sight.state) || !isSurelyBefore(run, seen, first.call.sent)) continue;
    yield {
      taskId: task.id,
      attempt: attemptOf(task, report.token),
      message: `${report.kind} was RECORDED though the task had been seen as ${sight.state} before it was first reported`,
      lines: [lineOf(seen), linesOf(first.call), linesOf(report.call)],
    };
    return;
  }
}

/** The end of a session releases what it holds, by the worker's word: a release after that is a repeat. */
function mayBeReleased(run: RunHistory, task: TaskHistory, first: Report): boolean {
  if (first.kind !== "release" && first.kind !== "canceled") return false;
  const lease: Lease | undefined = task.leases.find(({ token }) => token === first.token);
  const session = lease?.call.session ?? first.call.session;
  return run.unregisters.some((call) => call.session === session);
}
