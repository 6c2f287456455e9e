/** Attempts count leases, and fencing tokens grow with them. */
import type { Lease, RunHistory, TaskHistory } from "../history.ts";
import { leasesByAttempt } from "../knowledge.ts";
import { lineOf, taskRule, type Breach } from "../rule.ts";
import { isSurelyBefore } from "../time.ts";

export const attemptNumbers = taskRule(
  "attempt-numbers",
  "attempt numbers and fencing tokens grow with each lease",
  function* (run, task) {
    yield* handedOutBackwards(run, task);
    yield* fencedBackwards(task);
    yield* keptBackwards(task);
  },
);

function* handedOutBackwards(run: RunHistory, task: TaskHistory): Generator<Breach> {
  for (const second of task.leases) {
    const first = task.leases.find(
      (lease) => lease.attempt > second.attempt && isSurelyBefore(run, lease.got, second.call.sent),
    );
    if (first === undefined) continue;
    yield breach(task, first, second, `handed out after attempt ${first.attempt}`);
    return;
  }
}

function* fencedBackwards(task: TaskHistory): Generator<Breach> {
  let last: Lease | undefined;
  for (const lease of leasesByAttempt(task)) {
    if (last !== undefined && last.attempt < lease.attempt && last.fencing >= lease.fencing) {
      const message = `its fencing token ${lease.fencing} does not exceed ${last.fencing}, that of attempt ${last.attempt}`;
      yield breach(task, last, lease, message);
    }
    last = lease;
  }
}

function* keptBackwards(task: TaskHistory): Generator<Breach> {
  for (const { seen, task: sight } of task.sights) {
    const { attempts = [] } = sight;
    const wrong = attempts.find((attempt, index) => {
      const before = attempts[index - 1];
      if (before === undefined) return false;
      return attempt.number <= before.number || attempt.fencing <= before.fencing;
    });
    if (wrong === undefined) continue;
    const message = "its number or fencing token does not exceed that of the attempt before it";
    yield { taskId: task.id, attempt: wrong.number, message, lines: [lineOf(seen)] };
    return;
  }
}

function breach(task: TaskHistory, first: Lease, second: Lease, message: string): Breach {
  return {
    taskId: task.id,
    attempt: second.attempt,
    message,
    lines: [lineOf(first.got), lineOf(second.got)],
  };
}
