/** One attempt is one lease with one token, given to one worker, and started once. */
import type { Lease, Start, TaskHistory } from "../history.ts";
import { lineOf, linesOf, taskRule, type Breach } from "../rule.ts";

export const oneHolder = taskRule(
  "one-holder",
  "an attempt is handed out once, under one token, and its handler starts once",
  function* (_run, task) {
    yield* givenTwice(task);
    yield* startedTwice(task);
    yield* startedByAnother(task);
  },
);

function* givenTwice(task: TaskHistory): Generator<Breach> {
  const byAttempt = new Map<number, Lease>();
  for (const lease of task.leases) {
    const first = byAttempt.get(lease.attempt);
    if (first === undefined) byAttempt.set(lease.attempt, lease);
    if (first === undefined) continue;
    const how = first.token === lease.token ? "the same token" : "two tokens";
    yield {
      taskId: task.id,
      attempt: lease.attempt,
      message: `handed out twice, under ${how}`,
      lines: [linesOf(first.call), linesOf(lease.call)],
    };
  }
}

function* startedTwice(task: TaskHistory): Generator<Breach> {
  const byAttempt = new Map<number, Start>();
  for (const start of task.starts) {
    const first = byAttempt.get(start.attempt);
    if (first === undefined) byAttempt.set(start.attempt, start);
    if (first === undefined) continue;
    const how = first.token === start.token ? "the same token" : "two tokens";
    yield {
      taskId: task.id,
      attempt: start.attempt,
      message: `its handler was started twice, under ${how}`,
      lines: [lineOf(first.started), lineOf(start.started)],
    };
  }
}

/** Also without a token: the worker of a server has none to note. */
function* startedByAnother(task: TaskHistory): Generator<Breach> {
  for (const { attempt, started } of task.starts) {
    const leases = task.leases.filter((lease) => lease.attempt === attempt);
    const [lease] = leases;
    if (lease === undefined || leases.some(({ got }) => got.process === started.process)) continue;
    yield {
      taskId: task.id,
      attempt,
      message: `its handler was started by ${started.process}, but it was handed out to ${lease.got.process}`,
      lines: [lineOf(lease.got), lineOf(started)],
    };
  }
}
