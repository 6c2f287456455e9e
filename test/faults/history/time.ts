/** What came surely first, and how late a call may still have had an effect. */
import type { CallFact, Moment, RunHistory } from "./history.ts";

/** `a` was over before `b` began, whatever the clocks of the two processes are apart. */
export function isSurelyBefore(run: RunHistory, a: Moment, b: Moment): boolean {
  if (a.process === b.process) return a.line < b.line;
  return a.at + run.settings.clockSkewMs < b.at;
}

/** The call happened, or may have. A refusal counts too where a lost first try may lie behind it. */
export function mayHaveHappened(run: RunHistory, call: CallFact): boolean {
  if (call.fate !== "refused") return true;
  return run.injections.overlap(call.sent.at, call.ended?.at ?? call.sent.at);
}

/**
 * Until when, in ms of the log's clock, the call can have had its effect. A maybe may have been stuck in what
 * was broken meanwhile, and arrive when that is mended.
 */
export function latestEffectAt(run: RunHistory, call: CallFact): number {
  const endedAt = call.ended?.at ?? call.sent.at;
  if (call.fate !== "maybe") return endedAt;
  return run.injections.settledAfter(call.sent.at, endedAt) + run.settings.slackMs;
}

/** The earlier of two moments, by their times. */
export function earlier(a: Moment | undefined, b: Moment): Moment {
  return a === undefined || b.at < a.at ? b : a;
}

/** The later of two moments, by their times. */
export function later(a: Moment | undefined, b: Moment): Moment {
  return a === undefined || b.at > a.at ? b : a;
}
