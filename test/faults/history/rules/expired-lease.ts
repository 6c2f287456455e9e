/** An attempt without a live lease is rescued: it does not run on for longer than lease plus sweep. */
import type { Affected } from "../event.ts";
import type { Lease, Moment, RunHistory, Sight, Start, TaskHistory } from "../history.ts";
import { lineOf, span, taskRule, type Breach } from "../rule.ts";
import { latestEffectAt } from "../time.ts";

/** While one of these is hit, servers rescue nothing, and afterwards they wait before they do. */
const PUTS_OFF: readonly Affected[] = ["server", "backend", "clock"];

/** Of the slack: servers that come back need a moment besides. */
const RECOVERY_SHARE = 0.2;

export const expiredLease = taskRule(
  "expired-lease",
  "no attempt is running without a live lease for longer than lease plus sweep",
  function* (run, task) {
    for (const sight of task.sights) {
      const breach = stillRunning(run, task, sight) ?? rescuedLate(run, task, sight);
      if (breach === undefined) continue;
      yield breach;
      return;
    }
  },
);

function stillRunning(run: RunHistory, task: TaskHistory, sight: Sight): Breach | undefined {
  const { state, attempts } = sight.task;
  if (state !== "RUNNING" && state !== "CANCELING") return undefined;
  const attempt = attempts?.find((one) => one.state === "RUNNING")?.number;
  const at = sight.call.sent.at;
  const known = leaseEnd(run, task, attempt);
  if (known === undefined || !isLate(run, known, at)) return undefined;
  // Leases of the servers' own workers are in no history.
  if (attempt === undefined && task.starts.some((start) => !isLeased(task, start)))
    return undefined;
  const expiredAt = attempt === undefined ? Math.max(known, lastTaken(run, at)) : known;
  if (!isLate(run, expiredAt, at)) return undefined;
  return breach(task, attempt, `still ${state}`, { at, expiredAt, seen: sight.seen });
}

/** Lost attempts tell when they were rescued, by the server's clock. */
function rescuedLate(run: RunHistory, task: TaskHistory, sight: Sight): Breach | undefined {
  if (run.injections.clockJumps) return undefined;
  for (const { number, state, endedAt } of sight.task.attempts ?? []) {
    if (state !== "LOST" || endedAt === undefined) continue;
    const expiredAt = leaseEnd(run, task, number);
    if (expiredAt === undefined || !isLate(run, expiredAt, endedAt)) continue;
    return breach(task, number, "LOST only", { at: endedAt, expiredAt, seen: sight.seen });
  }
  return undefined;
}

function isLeased(task: TaskHistory, { attempt }: Start): boolean {
  return task.leases.some((lease) => lease.attempt === attempt);
}

function isLate(run: RunHistory, expiredAt: number, at: number): boolean {
  const { sweepIntervalMs, heartbeatIntervalMs, slackMs, clockSkewMs } = run.settings;
  const holdMs = 2 * heartbeatIntervalMs;
  const allowedMs = sweepIntervalMs + holdMs + slackMs + clockSkewMs;
  if (at - expiredAt <= allowedMs) return false;
  const graceMs = holdMs + slackMs * RECOVERY_SHARE;
  return run.injections.calmMs(expiredAt, at, PUTS_OFF, graceMs) > allowedMs;
}

/**
 * The latest end that the lease of an attempt can have had, or where its number is unknown that of any;
 * undefined where the history has no lease of it.
 */
function leaseEnd(
  run: RunHistory,
  task: TaskHistory,
  attempt: number | undefined,
): number | undefined {
  const leases = task.leases.filter((lease) => attempt === undefined || lease.attempt === attempt);
  if (leases.length === 0) return undefined;
  return Math.max(...leases.map((lease) => endOf(run, task, lease)));
}

/** The latest end of a lease that a poll without an answer may have taken. */
function lastTaken(run: RunHistory, at: number): number {
  const { leaseMs, deliveryTimeoutMs } = run.settings;
  let end = 0;
  for (const poll of run.maybePolls)
    if (poll.sent.at < at)
      end = Math.max(end, latestEffectAt(run, poll) + Math.max(leaseMs, deliveryTimeoutMs));
  return end;
}

function endOf(run: RunHistory, task: TaskHistory, lease: Lease): number {
  const { leaseMs, deliveryTimeoutMs } = run.settings;
  let end = lease.got.at + Math.max(lease.leaseTtlMs, deliveryTimeoutMs);
  for (const { token, call, word } of task.renewals) {
    if (token !== lease.token || word?.verdict === "LOST" || call.fate === "refused") continue;
    end = Math.max(end, latestEffectAt(run, call) + leaseMs);
  }
  return end;
}

function breach(
  task: TaskHistory,
  attempt: number | undefined,
  what: string,
  when: { readonly at: number; readonly expiredAt: number; readonly seen: Moment },
): Breach {
  return {
    taskId: task.id,
    attempt,
    message: `${what} ${span(when.at - when.expiredAt)} after its lease can have ended at the latest`,
    lines: [lineOf(when.seen)],
  };
}
