/** An acknowledged task is there until its retention is over, and comes to an end. */
import type { Absence, RunHistory, TaskHistory } from "../history.ts";
import { aliveAt, createdAfter, existedBy, isTerminal, lastWord } from "../knowledge.ts";
import { lineOf, linesOf, span, taskRule, type Breach } from "../rule.ts";
import { isSurelyBefore, mayHaveHappened } from "../time.ts";

export const lost = taskRule(
  "lost",
  "an acknowledged task is kept and reaches a terminal state",
  function* (run, task) {
    const known = existedBy(task);
    if (known === undefined) return;
    for (const absence of task.absences) {
      if (!isSurelyBefore(run, known, absence.call.sent) || mayBeGone(run, task, absence)) continue;
      const message = `known since ${lineOf(known)}, then NOT_FOUND to a ${absence.call.op} ${span(absence.seen.at - known.at)} later, before its retention was over`;
      yield breach(task, message, [lineOf(known), lineOf(absence.seen)]);
    }
    yield* recreated(run, task);
    yield* unfinished(run, task, lineOf(known));
  },
);

/** Made anew under its id: what was acknowledged first is gone. */
function* recreated(run: RunHistory, task: TaskHistory): Generator<Breach> {
  if (task.controls.some(({ call }) => call.op === "delete")) return;
  const made = task.creations.filter(({ answer }) => answer?.created === true);
  const again = made.find(({ call }) => {
    const ended = made[0]?.call.ended;
    return ended !== undefined && isSurelyBefore(run, ended, call.sent);
  });
  if (again !== undefined)
    yield breach(task, "acknowledged as created, and as created once more later", [
      linesOf(made[0]!.call),
      linesOf(again.call),
    ]);
  const [first, ...others] = task.sights;
  const other = others.find((sight) => sight.task.createdAt !== first!.task.createdAt);
  if (first === undefined || other === undefined) return;
  const message = `seen with two creation times, ${first.task.createdAt} and ${other.task.createdAt}`;
  yield breach(task, message, [lineOf(first.seen), lineOf(other.seen)]);
}

function* unfinished(run: RunHistory, task: TaskHistory, known: string): Generator<Breach> {
  if (!run.hasReadOut) return;
  const last = task.sights.findLast(({ call }) => call.op === "readOut");
  const isAbsent = task.absences.some(({ call }) => call.op === "readOut");
  if (last === undefined) {
    if (!isAbsent) yield breach(task, "acknowledged, but not in the read-out of the run", [known]);
    return;
  }
  if (isTerminal(last.task.state)) return;
  const message = `never ended: ${lastWord(task)?.state} at revision ${last.task.revision} after the run was driven to its end`;
  yield breach(task, message, [known, lineOf(last.seen)]);
}

/** Deleted, or ended so long ago that it may have been purged. */
function mayBeGone(run: RunHistory, task: TaskHistory, { seen }: Absence): boolean {
  const isDeleted = task.controls.some(
    ({ call }) => call.op === "delete" && call.sent.at < seen.at && mayHaveHappened(run, call),
  );
  if (isDeleted) return true;
  const aliveSince = aliveAt(task) ?? createdAfter(task) ?? existedBy(task);
  if (aliveSince === undefined) return true;
  const { clockSkewMs } = run.settings;
  const aheadMs = run.injections.aheadMs(aliveSince.at, seen.at);
  return aliveSince.at + retentionMs(run, task) - aheadMs - clockSkewMs < seen.at;
}

function retentionMs(run: RunHistory, task: TaskHistory): number {
  const named = task.creations.map((creation) => creation.task.retentionMs);
  return Math.min(...named.map((ms) => ms ?? run.settings.retentionMs), run.settings.retentionMs);
}

function breach(task: TaskHistory, message: string, lines: readonly string[]): Breach {
  return { taskId: task.id, message, lines };
}
