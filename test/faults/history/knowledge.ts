/** What follows for sure from the facts about one task. */
import type { StateName, TaskSight } from "./answer.ts";
import type {
  CallFact,
  Creation,
  Lease,
  Moment,
  Report,
  RunHistory,
  TaskHistory,
} from "./history.ts";
import { earlier, later, mayHaveHappened } from "./time.ts";

const TERMINAL: ReadonlySet<StateName> = new Set(["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED"]);
const WAITING: ReadonlySet<StateName> = new Set(["SCHEDULED", "PENDING", "RETRYING"]);

export function isTerminal(state: StateName): boolean {
  return TERMINAL.has(state);
}

export function isWaiting(state: StateName): boolean {
  return WAITING.has(state);
}

/** The enqueue made the task, or may have. */
export function mayHaveCreated(task: TaskHistory, { call, answer }: Creation): boolean {
  if (call.fate === "refused") return false;
  return answer === undefined || answer.taskId === task.id;
}

/** By then the task existed for sure; undefined: nobody ever saw it. */
export function existedBy(task: TaskHistory): Moment | undefined {
  let first: Moment | undefined;
  for (const moment of task.acknowledgements) first = earlier(first, moment);
  for (const { seen } of task.sights) first = earlier(first, seen);
  for (const { got } of task.leases) first = earlier(first, got);
  return first;
}

/** Before that it can't have existed. */
export function createdAfter(task: TaskHistory): Moment | undefined {
  let first: Moment | undefined;
  for (const creation of task.creations)
    if (mayHaveCreated(task, creation)) first = earlier(first, creation.call.sent);
  return first;
}

/**
 * At that moment, at the least, the task had not ended: the last such that is known by what was told before
 * `before`. What is told later may be of another life.
 */
export function aliveAt(task: TaskHistory, before = Infinity): Moment | undefined {
  let last: Moment | undefined;
  const alive = (since: Moment, told: Moment | undefined): void => {
    if (told !== undefined && told.at < before) last = later(last, since);
  };
  for (const { call, seen, task: sight } of task.sights)
    if (!isTerminal(sight.state)) alive(call.sent, seen);
  for (const { call, got } of task.leases) alive(call.sent, got);
  for (const report of task.reports)
    if (report.verdict?.verdict === "RECORDED")
      alive(firstOfItsKind(task, report).call.sent, report.call.ended);
  return last;
}

/** Retries of the task that happened or may have. */
export function possibleRetries(run: RunHistory, task: TaskHistory): readonly CallFact[] {
  const own = task.controls.map(({ call }) => call).filter(({ op }) => op === "retry");
  return [...own, ...run.bulkRetries].filter((call) => mayHaveHappened(run, call));
}

/** Somebody was told the end of the task, or that the outcome was recorded which ended it. */
export interface EndKnown {
  readonly seen: Moment;
  readonly state: StateName;
  /** Manual retries before it, where they are known. */
  readonly life: number | undefined;
}

export function* endsKnown(task: TaskHistory): Generator<EndKnown> {
  for (const { seen, task: sight } of task.sights)
    if (isTerminal(sight.state)) yield { seen, state: sight.state, life: sight.retries };
  for (const { kind, verdict, call } of task.reports) {
    const state = kind === "success" ? "SUCCEEDED" : kind === "canceled" ? "CANCELED" : undefined;
    if (verdict?.verdict !== "RECORDED" || state === undefined || call.ended === undefined)
      continue;
    yield { seen: call.ended, state, life: undefined };
  }
}

/** From then on the end of the task was known for sure, by anybody. */
export function endKnownBy(task: TaskHistory): Moment | undefined {
  let first: Moment | undefined;
  for (const { seen } of endsKnown(task)) first = earlier(first, seen);
  return first;
}

/** Number of the attempt that a token names; undefined where nobody noted it. */
export function attemptOf(task: TaskHistory, token: string): number | undefined {
  return (
    task.leases.find((lease) => lease.token === token)?.attempt ??
    task.starts.find((start) => start.token === token)?.attempt
  );
}

/** An attempt that was handed out by then, for sure. */
export interface HandOut {
  readonly attempt: number;
  readonly seen: Moment;
}

/** Attempts that somebody got or started; also those of the servers' own workers, which note no leases. */
export function handOuts(task: TaskHistory): readonly HandOut[] {
  return [
    ...task.leases.map(({ attempt, got }) => ({ attempt, seen: got })),
    ...task.starts.map(({ attempt, started }) => ({ attempt, seen: started })),
  ];
}

/** Outcomes that answer for each other when they are repeated: a release of a task being canceled ends it so. */
export function outcomeClass(kind: Report["kind"]): "success" | "failure" | "stopped" {
  return kind === "canceled" || kind === "release" ? "stopped" : kind;
}

/** The first report of the same token and kind that may have been the one which was recorded. */
export function firstOfItsKind(task: TaskHistory, report: Report): Report {
  let first = report;
  for (const other of task.reports) {
    if (other.token !== report.token || outcomeClass(other.kind) !== outcomeClass(report.kind))
      continue;
    if (other.verdict !== undefined && other.verdict.verdict !== "RECORDED") continue;
    if (other.call.sent.at < first.call.sent.at) first = other;
  }
  return first;
}

/** Leases in the order of their attempts. */
export function leasesByAttempt(task: TaskHistory): readonly Lease[] {
  return task.leases.toSorted((a, b) => a.attempt - b.attempt);
}

/** The last word on the task, where the run was read out. */
export function lastWord(task: TaskHistory): TaskSight | undefined {
  return task.sights.findLast(({ call }) => call.op === "readOut")?.task;
}
