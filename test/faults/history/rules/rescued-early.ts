/** A lease is taken away when it ran out, and not before healthy workers could renew it. */
import type { CallFact, Lease, Moment, RunHistory, TaskHistory } from "../history.ts";
import type { Injection } from "../injections.ts";
import { handOuts, possibleRetries } from "../knowledge.ts";
import { lineOf, linesOf, span, taskRule, type Breach } from "../rule.ts";

/** From the note of an injection until it has begun. */
const BEGINS_WITHIN_MS = 500;

/** By then the lease was taken from its holder. */
interface Taken {
  readonly seen: Moment;
  readonly how: string;
}

export const rescuedEarly = taskRule(
  "rescued-early",
  "no lease is taken away while it is alive, nor right after a pause of the servers",
  function* (run, task) {
    if (task.leases.length === 0 || possibleRetries(run, task).length > 0) return;
    for (const lease of task.leases) {
      const taken = takenBy(task, lease);
      if (taken === undefined || mayHaveEnded(run, task, lease, taken.seen)) continue;
      yield* tooEarly(run, task, lease, taken);
    }
  },
);

/** A later attempt was handed out, or its holder was told; the first that is known. */
function takenBy(task: TaskHistory, lease: Lease): Taken | undefined {
  let first: Taken | undefined;
  const note = (taken: Taken): void => {
    if (first === undefined || taken.seen.at < first.seen.at) first = taken;
  };
  for (const { attempt, seen } of handOuts(task))
    if (attempt > lease.attempt) note({ seen, how: `attempt ${attempt} was handed out` });
  // A cancel by force takes the lease of its attempt, too.
  if (task.controls.some(({ call }) => call.op === "cancel")) return first;
  for (const { call, token, word } of task.renewals)
    if (token === lease.token && word?.verdict === "LOST" && call.ended !== undefined)
      note({ seen: call.ended, how: "it was LOST" });
  return first;
}

function* tooEarly(
  run: RunHistory,
  task: TaskHistory,
  lease: Lease,
  { seen, how }: Taken,
): Generator<Breach> {
  const alive = aliveUntil(task, lease, seen);
  const { clockSkewMs, heartbeatIntervalMs } = run.settings;
  const breach = (message: string): Breach => ({
    taskId: task.id,
    attempt: lease.attempt,
    message: `${how} ${message}`,
    lines: [lineOf(lease.got), alive.line, lineOf(seen)],
  });
  if (run.injections.overlap(lease.call.sent.at, seen.at, ["clock"])) return;
  if (seen.at + clockSkewMs < alive.at) {
    yield breach(`${span(alive.at - seen.at)} before the lease could run out`);
    return;
  }
  const pause = run.injections.all.find(
    ({ at, mendAt }) =>
      at < alive.at && at < seen.at && seen.at + clockSkewMs < mendAt + 2 * heartbeatIntervalMs,
  );
  if (pause === undefined || !isPause(run, pause) || wasServed(run, pause)) return;
  yield breach(
    `${span(seen.at - pause.mendAt)} after the pause ${pause.injection}, before workers had two heartbeats to renew`,
  );
}

/** So long that every server notices it, whatever it did last. */
function isPause({ settings }: RunHistory, { outage, at, mendAt }: Injection): boolean {
  return outage === true && mendAt - at > 2 * settings.sweepIntervalMs + BEGINS_WITHIN_MS;
}

/** Somebody was told meanwhile what only the storage can know: it was no outage for all. */
function wasServed(run: RunHistory, { at, mendAt }: Injection): boolean {
  const from = at + BEGINS_WITHIN_MS;
  const isWithin = ({ sent, ended }: CallFact): boolean =>
    sent.at > from && ended !== undefined && ended.at < mendAt;
  for (const { sights, renewals, reports, creations } of run.tasks.values())
    if (
      sights.some(({ call }) => isWithin(call)) ||
      renewals.some(({ call, word }) => word !== undefined && isWithin(call)) ||
      reports.some(({ call, verdict }) => verdict !== undefined && isWithin(call)) ||
      creations.some(({ call, answer }) => answer !== undefined && isWithin(call))
    )
      return true;
  return false;
}

/** Until then the lease was alive for sure, and the line that says so. */
function aliveUntil(task: TaskHistory, lease: Lease, taken: Moment): { at: number; line: string } {
  let alive = { at: lease.call.sent.at + lease.leaseTtlMs, line: lineOf(lease.got) };
  for (const { token, call, word } of task.renewals) {
    if (token !== lease.token || word?.leaseTtlMs === undefined || word.verdict === "LOST")
      continue;
    // What is renewed later is for another rule.
    if (call.sent.at >= taken.at) continue;
    const at = call.sent.at + word.leaseTtlMs;
    if (at > alive.at) alive = { at, line: linesOf(call) };
  }
  return alive;
}

/** Its worker gave it up by a report, recorded or not, or by the end of its session. */
function mayHaveEnded(run: RunHistory, task: TaskHistory, lease: Lease, next: Moment): boolean {
  const isReported = task.reports.some(
    ({ token, call }) => token === lease.token && call.sent.at <= next.at,
  );
  return (
    isReported ||
    run.unregisters.some(
      ({ session, sent }) => session === lease.call.session && sent.at <= next.at,
    )
  );
}
