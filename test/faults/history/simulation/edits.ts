/** Edits of the files of a history, for corruptions. Each returns false where there is no place for it. */
import type { Answer, TaskSight } from "../answer.ts";
import type { EnqueuedTask } from "../call.ts";
import type { AnswerEvent, CallEvent, HistoryEvent } from "../event.ts";
import type { Lease, RunHistory, TaskHistory } from "../history.ts";
import { isTerminal, lastWord, possibleRetries } from "../knowledge.ts";

/** The events of each process. */
export type Files = Map<string, HistoryEvent[]>;

/** So long after the end of a history, in ms, nothing is under way any more. */
export const AFTER_ALL_MS = 60_000;
/** Numbers of calls that no simulation reaches. */
const CALL = 1_000_000;

/** A task that waits, as it is seen. */
export const SIGHT: TaskSight = {
  taskId: "",
  state: "PENDING",
  revision: 1,
  retries: 0,
  createdAt: 1,
  scheduledAt: 1,
};

/** The first task that matches. */
export function find(
  run: RunHistory,
  matches: (task: TaskHistory) => boolean,
): TaskHistory | undefined {
  return [...run.tasks.values()].find(matches);
}

/** What the read-out says of a task. */
export function sightOf(task: TaskHistory): TaskSight {
  return lastWord(task) ?? { ...SIGHT, taskId: task.id };
}

/** A lease with a later one that somebody got. */
export function superseded(
  run: RunHistory,
  matches: (task: TaskHistory, lease: Lease) => boolean,
): [TaskHistory?, Lease?] {
  for (const task of run.tasks.values())
    for (const lease of task.leases)
      if (task.leases.some(({ attempt }) => attempt > lease.attempt) && matches(task, lease))
        return [task, lease];
  return [];
}

/** Hands out the next attempt while a renewal of this one is fresh; false where that can't be. */
export function takeAway(files: Files, run: RunHistory, task: TaskHistory, lease: Lease): boolean {
  const held = task.renewals.find(
    ({ token, word }) => token === lease.token && word !== undefined && word.verdict !== "LOST",
  );
  const at = held?.call.ended?.at;
  const isReported = task.reports.some(
    ({ token, call }) => token === lease.token && at !== undefined && call.sent.at <= at + 100,
  );
  const isLast = task.leases.every(({ attempt }) => attempt <= lease.attempt);
  if (at === undefined || isReported || !isLast || possibleRetries(run, task).length > 0)
    return false;
  const { taskId, leaseTtlMs } = lease;
  const attempt = lease.attempt + 1;
  return poll(files, at + 20, { taskId, token: "next", attempt, fencing: attempt, leaseTtlMs });
}

/** An outcome that is RECORDED, or a renewal that is HELD, after all is over. */
export function append(
  files: Files,
  run: RunHistory,
  by: string,
  what: "failure" | "renewal",
  name: { readonly taskId: string; readonly token: string },
): boolean {
  const at = run.endedAt + AFTER_ALL_MS;
  if (what === "renewal") {
    const statuses = [{ ...name, verdict: "HELD" as const, leaseTtlMs: 1 }];
    const request = { op: "heartbeat", session: by, leases: [name] } as const;
    return exchange(files, by, at, request, { statuses });
  }
  const request = { op: "report", session: by, outcomes: [{ ...name, kind: what }] } as const;
  return exchange(files, by, at, request, { verdicts: [{ verdict: "RECORDED" }] });
}

/** Somebody sees this after all is over. */
export function see(files: Files, run: RunHistory, task: TaskSight): boolean {
  const { attempts: _attempts, result: _result, ...sight } = task;
  const request = { op: "get", taskIds: [task.taskId] } as const;
  return exchange(files, "late", run.endedAt + AFTER_ALL_MS, request, { tasks: [sight] });
}

/** Another worker gets this lease. */
export function poll(
  files: Files,
  at: number,
  lease: NonNullable<Answer["leases"]>[number],
): boolean {
  const request = { op: "poll", session: "thief", max: 1 } as const;
  return exchange(files, "thief", at, request, { leases: [lease] });
}

/** A call with its answer, by a process of its own or at the end of one. */
export function exchange(
  files: Files,
  by: string,
  at: number,
  request: CallEvent["request"],
  answer: Answer,
): boolean {
  const events = files.get(by) ?? [];
  files.set(by, events);
  const call = CALL + events.length;
  events.push({ type: "call", at, call, request }, { type: "answer", at: at + 5, call, answer });
  return true;
}

/** The answer of the read-out. */
export function readOut(files: Files): Answer {
  const [, event] = readOutEvent(files);
  return event.answer;
}

/** Another answer of the read-out. */
export function replaceReadOut(files: Files, answer: Answer): void {
  const [index, event] = readOutEvent(files);
  files.get("harness")!.splice(index, 1, { ...event, answer });
}

function readOutEvent(files: Files): [number, AnswerEvent] {
  const events = files.get("harness") ?? [];
  const index = events.findLastIndex(({ type }) => type === "answer");
  return [index, events[index] as AnswerEvent];
}

/** Changes what the read-out says of a task; of the first that ended where none is named. */
export function changeSight(
  files: Files,
  change: (sight: TaskSight) => TaskSight,
  ...named: readonly (string | undefined)[]
): boolean {
  const { tasks = [], ...rest } = readOut(files);
  const chosen =
    named.length === 0 ? tasks.find(({ state }) => isTerminal(state))?.taskId : named[0];
  if (chosen === undefined) return false;
  const changed = tasks.map((sight) => (sight.taskId === chosen ? change(sight) : sight));
  replaceReadOut(files, { ...rest, tasks: changed });
  return true;
}

/** Changes what was asked for when a task was enqueued. */
export function changeEnqueued(
  files: Files,
  taskId: string | undefined,
  patch: (task: EnqueuedTask) => Partial<EnqueuedTask>,
): boolean {
  if (taskId === undefined) return false;
  for (const events of files.values())
    for (const [index, event] of events.entries()) {
      if (event.type !== "call" || event.request.op !== "enqueue") continue;
      const tasks = event.request.tasks.map((task) =>
        task.taskId === taskId ? { ...task, ...patch(task) } : task,
      );
      events.splice(index, 1, { ...event, request: { ...event.request, tasks } });
    }
  return true;
}
