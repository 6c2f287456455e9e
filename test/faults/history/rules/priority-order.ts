/** On an idle queue tasks are handed out by priority, then by age. */
import type { Creation, Lease, Probe, RunHistory, TaskHistory } from "../history.ts";
import { mayHaveCreated } from "../knowledge.ts";
import { lineOf, linesOf, type Breach, type Rule } from "../rule.ts";
import { isSurelyBefore } from "../time.ts";

/** A task of a probe with its first lease. */
interface Probed {
  readonly task: TaskHistory;
  readonly creation: Creation;
  readonly lease: Lease;
}

export const priorityOrder: Rule = {
  name: "priority-order",
  says: "an idle queue is served by priority, then by age",
  *check(run) {
    for (const probe of run.probes) {
      // What broke meanwhile may have sent tasks back, or broken the connection of the only worker.
      if (run.injections.overlap(probe.started.at, probe.endedAt)) continue;
      yield* outOfOrder(run, probe);
    }
  },
};

function* outOfOrder(run: RunHistory, probe: Probe): Generator<Breach> {
  const all = probe.taskIds.flatMap((id) => probed(run, probe, id) ?? []);
  for (const second of all)
    for (const first of all) {
      const why = precedes(run, first, second);
      if (why === undefined || !wasHandedOutBefore(run, second.lease, first.lease)) continue;
      yield {
        taskId: second.task.id,
        attempt: second.lease.attempt,
        message: `in ${probe.probe} it was handed out before ${first.task.id}, which ${why}`,
        lines: [
          linesOf(first.creation.call),
          linesOf(second.creation.call),
          lineOf(second.lease.got),
          lineOf(first.lease.got),
        ],
      };
      // One pair shows it; a wrong order has many.
      return;
    }
}

function probed(run: RunHistory, probe: Probe, id: string): Probed | undefined {
  const task = run.tasks.get(id);
  const creation = task?.creations.find((one) => mayHaveCreated(task, one));
  const lease = task?.leases.find(({ attempt }) => attempt === 1);
  if (task === undefined || creation === undefined || lease === undefined) return undefined;
  const isTouched = task.controls.length > 0 || creation.call.fate !== "ok";
  if (isTouched || !isSurelyBefore(run, probe.started, lease.call.sent)) return undefined;
  return { task, creation, lease };
}

/** Why the first must come before the second, where it must. */
function precedes(run: RunHistory, first: Probed, second: Probed): string | undefined {
  const { priority = 0, delayMs = 0, scheduleAt = 0 } = first.creation.task;
  const { priority: other = 0 } = second.creation.task;
  if (delayMs > 0 || scheduleAt > 0) return undefined;
  if (priority > other) return `has priority ${priority}, not ${other}`;
  if (priority < other) return undefined;
  const { ended } = first.creation.call;
  // Ages are compared in ms by the server's clock.
  const isOlder =
    ended !== undefined && ended.at + run.settings.clockSkewMs < second.creation.call.sent.at;
  return isOlder ? "has the same priority and is older" : undefined;
}

function wasHandedOutBefore(run: RunHistory, a: Lease, b: Lease): boolean {
  if (a.call === b.call) return a.index < b.index;
  return isSurelyBefore(run, a.got, b.call.sent);
}
