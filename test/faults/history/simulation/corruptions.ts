/** One wrong thing each, put into a history that is correct, and the rule that must find it. */
import type { TaskSight } from "../answer.ts";
import type { EnqueuedTask } from "../call.ts";
import type { RunHistory } from "../history.ts";
import { lastWord, possibleRetries } from "../knowledge.ts";
import {
  AFTER_ALL_MS,
  SIGHT,
  append,
  changeEnqueued,
  changeSight,
  exchange,
  find,
  poll,
  readOut,
  replaceReadOut,
  see,
  sightOf,
  superseded,
  takeAway,
  type Files,
} from "./edits.ts";

export interface Corruption {
  readonly rule: string;
  readonly what: string;
  /** Changes the files; false: the history has no place for it. */
  readonly corrupt: (files: Files, run: RunHistory) => boolean;
}

export const CORRUPTIONS: readonly Corruption[] = [
  {
    rule: "lost",
    what: "an acknowledged task is missing at the end",
    corrupt: (files, run) => {
      const task = find(run, ({ acknowledgements }) => acknowledgements.length > 0);
      const answer = readOut(files);
      if (task === undefined) return false;
      const tasks = answer.tasks?.filter(({ taskId }) => taskId !== task.id);
      replaceReadOut(files, { tasks, missing: [...(answer.missing ?? []), task.id] });
      return true;
    },
  },
  {
    rule: "lost",
    what: "a task is not at its end",
    corrupt: (files) =>
      changeSight(files, (sight) => {
        const { endedAt: _endedAt, ...rest } = sight;
        return { ...rest, state: "PENDING" };
      }),
  },
  {
    rule: "doubled",
    what: "another outcome of the same attempt is RECORDED",
    corrupt: (files, run) => {
      const report = [...run.tasks.values()]
        .flatMap(({ reports }) => reports)
        .find(({ kind, verdict }) => kind === "success" && verdict?.verdict === "RECORDED");
      if (report === undefined) return false;
      const { taskId, token } = report;
      return append(files, run, "late", "failure", { taskId, token });
    },
  },
  {
    rule: "terminal-changed",
    what: "the result of a task changes",
    corrupt: (files, run) => {
      const task = find(run, (one) =>
        one.sights.some(({ call, task: { result, retries } }) => {
          const last = lastWord(one);
          return call.op !== "readOut" && result !== undefined && last?.retries === retries;
        }),
      );
      return changeSight(files, (sight) => ({ ...sight, result: "another" }), task?.id);
    },
  },
  {
    rule: "recorded-outcomes",
    what: "an attempt whose outcome was RECORDED is kept as lost",
    corrupt: (files, run) => {
      const task = find(run, ({ leases, reports }) =>
        reports.some(
          ({ verdict, token }) =>
            verdict?.verdict === "RECORDED" && leases.some((lease) => lease.token === token),
        ),
      );
      const attempts = (sight: TaskSight) =>
        sight.attempts?.map((attempt) => ({ ...attempt, state: "LOST" as const }));
      return changeSight(files, (sight) => ({ ...sight, attempts: attempts(sight) }), task?.id);
    },
  },
  {
    rule: "stale-outcome",
    what: "an outcome of a superseded attempt is RECORDED at the end",
    corrupt: (files, run) => {
      const [task, lease] = superseded(run, ({ reports }, { token }) =>
        reports.every((report) => report.token !== token || report.kind !== "failure"),
      );
      if (task === undefined || lease === undefined) return false;
      return append(files, run, "late", "failure", { taskId: task.id, token: lease.token });
    },
  },
  {
    rule: "superseded-lease",
    what: "a superseded lease is renewed at the end",
    corrupt: (files, run) => {
      const [task, lease] = superseded(run, () => true);
      if (task === undefined || lease === undefined) return false;
      return append(files, run, "late", "renewal", { taskId: task.id, token: lease.token });
    },
  },
  {
    rule: "expired-lease",
    what: "a task is still running long after its last lease",
    corrupt: (files, run) => {
      const task = find(run, ({ leases }) => leases.length > 0);
      if (task === undefined) return false;
      return see(files, run, { ...sightOf(task), state: "RUNNING", endedAt: undefined });
    },
  },
  {
    rule: "rescued-early",
    what: "an attempt is handed out while the one before it is alive",
    corrupt: (files, run) => {
      for (const task of run.tasks.values())
        for (const lease of task.leases) if (takeAway(files, run, task, lease)) return true;
      return false;
    },
  },
  {
    rule: "one-holder",
    what: "an attempt is handed out twice",
    corrupt: (files, run) => {
      const lease = find(run, ({ leases }) => leases.length > 0)?.leases[0];
      if (lease === undefined) return false;
      const { taskId, attempt, fencing, leaseTtlMs } = lease;
      const again = { taskId, token: "another", attempt, fencing, leaseTtlMs };
      return poll(files, lease.got.at + 1, again);
    },
  },
  {
    rule: "attempt-numbers",
    what: "a fencing token falls",
    corrupt: (files, run) => {
      const lease = find(run, ({ leases }) => leases.length > 0)?.leases[0];
      if (lease === undefined) return false;
      const { taskId, leaseTtlMs } = lease;
      const next = { taskId, token: "next", attempt: 1_000, fencing: 0, leaseTtlMs };
      return poll(files, run.endedAt + AFTER_ALL_MS, next);
    },
  },
  {
    rule: "revisions",
    what: "a task is seen as it was",
    corrupt: (files, run) => {
      const task = find(run, (one) => (lastWord(one)?.revision ?? 0) > 1);
      if (task === undefined) return false;
      return see(files, run, { ...sightOf(task), state: "PENDING", revision: 1, retries: 0 });
    },
  },
  {
    rule: "unique-key",
    what: "a key is taken while its holder is alive",
    corrupt: (files, run) => {
      const at = run.endedAt + AFTER_ALL_MS;
      for (const [index, taskId] of ["twin-1", "twin-2"].entries()) {
        const task: EnqueuedTask = { taskId, name: "work", uniqueKey: "twins" };
        const enqueued = [{ taskId, created: true }];
        exchange(files, taskId, at + index, { op: "enqueue", tasks: [task] }, { enqueued });
        const tasks = [{ ...SIGHT, taskId }];
        exchange(files, taskId, at + 100, { op: "get", taskIds: [taskId] }, { tasks });
      }
      return true;
    },
  },
  {
    rule: "await-missed",
    what: "an await does not answer after the end",
    corrupt: (files, run) => {
      const task = find(
        run,
        (one) => lastWord(one) !== undefined && possibleRetries(run, one).length === 0,
      );
      if (task === undefined) return false;
      const request = { op: "await", taskIds: [task.id], waitMs: 10 } as const;
      return exchange(files, "late", run.endedAt + AFTER_ALL_MS, request, { tasks: [] });
    },
  },
  {
    rule: "started-early",
    what: "a task that started is one that was not due",
    corrupt: (files, run) => {
      const task = find(
        run,
        ({ leases, controls, creations }) =>
          leases.length > 0 && controls.length === 0 && creations.length === 1,
      );
      return changeEnqueued(files, task?.id, () => ({ delayMs: 100_000_000 }));
    },
  },
  {
    rule: "priority-order",
    what: "the priorities of a probe were the other way round",
    corrupt: (files) => {
      for (let index = 0; index < 5; index++)
        changeEnqueued(files, `probe-${index}`, ({ priority = 0 }) => ({ priority: -priority }));
      return true;
    },
  },
];
