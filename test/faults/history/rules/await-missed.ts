/** An await answers as soon as enough of its tasks have ended. */
import type { Affected } from "../event.ts";
import type { Await, Moment, RunHistory } from "../history.ts";
import { endKnownBy, possibleRetries } from "../knowledge.ts";
import { lineOf, linesOf, span, type Breach, type Rule } from "../rule.ts";
import { isSurelyBefore } from "../time.ts";

/** Of the slack: after something was mended, connections and feeds need a moment. */
const RECOVERY_SHARE = 0.2;

/** What an answer may be held up by. */
const HOLDS_UP: readonly Affected[] = ["client", "server", "backend", "clock"];

/** An await that did not answer in time, and the end that it missed. */
interface Missed {
  readonly taskId: string;
  readonly known: Moment;
  readonly at: number;
}

export const awaitMissed: Rule = {
  name: "await-missed",
  says: "an await answers soon after the end of its task, and never later than asked",
  *check(run) {
    const ends = surelyEnded(run);
    for (const waits of run.awaits) {
      if (waits.afterRevision !== undefined || waits.taskIds.includes("")) continue;
      const missed = missedEnd(run, waits, ends);
      if (missed !== undefined) yield breach(waits, missed);
    }
  },
};

function missedEnd(
  run: RunHistory,
  waits: Await,
  endedBy: ReadonlyMap<string, Moment>,
): Missed | undefined {
  const at = answeredAt(run, waits);
  if (at === undefined) return undefined;
  const ends: Missed[] = [];
  for (const taskId of new Set(waits.taskIds)) {
    const known = endedBy.get(taskId);
    if (known !== undefined && known.at < at) ends.push({ taskId, known, at });
  }
  const enough = ends.toSorted((a, b) => a.known.at - b.known.at)[waits.minCount - 1];
  if (enough === undefined) return undefined;
  const { call, minCount, answered } = waits;
  // The first thing that an await does is to read.
  if (call.fate === "ok" && answered < minCount && isSurelyBefore(run, enough.known, call.sent))
    return enough;
  const { slackMs } = run.settings;
  const could = Math.max(enough.known.at, call.sent.at);
  if (at - could <= slackMs) return undefined;
  // What broke while a call was under way may have taken its answer with it.
  if (call.fate !== "ok" && run.injections.overlap(call.sent.at, at, HOLDS_UP)) return undefined;
  const calmMs = run.injections.calmMs(could, at, HOLDS_UP, slackMs * RECOVERY_SHARE);
  return calmMs > slackMs ? enough : undefined;
}

/** When the caller knew, or when it was still without an answer; undefined: nothing can be said. */
function answeredAt(run: RunHistory, { call, waitMs }: Await): number | undefined {
  if (call.fate === "ok") return call.ended?.at;
  if (call.ended !== undefined) return hasTimedOut(call.reason) ? call.ended.at : undefined;
  const { slackMs } = run.settings;
  const lastAt = run.processes.get(call.sent.process)?.lastAt ?? 0;
  // Its process lived on and never heard of it again.
  return lastAt > call.sent.at + waitMs + slackMs ? lastAt : undefined;
}

function hasTimedOut(reason: string): boolean {
  return reason === "STILL_RUNNING" || reason === "DEADLINE_EXCEEDED";
}

/** When the end of each task was known. One that may have been retried may have been alive again. */
function surelyEnded(run: RunHistory): ReadonlyMap<string, Moment> {
  const ends = new Map<string, Moment>();
  for (const task of run.tasks.values()) {
    const known = endKnownBy(task);
    if (known !== undefined && possibleRetries(run, task).length === 0) ends.set(task.id, known);
  }
  return ends;
}

function breach(
  { call, waitMs, answered, minCount }: Await,
  { taskId, known, at }: Missed,
): Breach {
  const answer =
    call.fate === "ok"
      ? answered >= minCount
        ? "answered only"
        : "answered that it was not done"
      : "had no answer";
  return {
    taskId,
    message: `an await of ${span(waitMs)} ${answer} ${span(at - Math.max(known.at, call.sent.at))} after the end was known`,
    lines: [lineOf(known), linesOf(call)],
  };
}
