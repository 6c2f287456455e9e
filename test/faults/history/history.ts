/** A run as the checker sees it: what is known of each task, with the lines that say so. */
import type { EnqueuedAnswer, LeaseHandedOut, LeaseWord, TaskSight, Verdict } from "./answer.ts";
import type { AwaitCall, Call, EnqueuedTask, ReportedOutcome } from "./call.ts";
import type { ProbeEvent, ProcessEvent, SettingsEvent } from "./event.ts";
import type { Injections } from "./injections.ts";

/** A point of a process's history. Those of one process are ordered by their lines, others by their times. */
export interface Moment {
  readonly process: string;
  readonly line: number;
  readonly at: number;
}

/** What became of a call: only a maybe may have happened without an answer that says so, and later than it ended. */
export type Fate = "ok" | "refused" | "maybe";

export interface CallFact {
  readonly op: Call["op"];
  readonly session: string;
  readonly sent: Moment;
  /** The last answer, or the error; unset where neither came. */
  ended: Moment | undefined;
  fate: Fate;
  reason: string;
}

export interface Creation {
  readonly call: CallFact;
  readonly task: EnqueuedTask;
  answer: EnqueuedAnswer | undefined;
}

export interface Sight {
  readonly call: CallFact;
  readonly seen: Moment;
  readonly task: TaskSight;
}

/** Somebody was told that no such task exists. */
export interface Absence {
  readonly call: CallFact;
  readonly seen: Moment;
}

export interface Lease extends LeaseHandedOut {
  readonly call: CallFact;
  readonly got: Moment;
  /** Place in the answer. */
  readonly index: number;
}

export interface Report extends ReportedOutcome {
  readonly call: CallFact;
  verdict: Verdict | undefined;
}

export interface Renewal {
  readonly call: CallFact;
  readonly token: string;
  word: LeaseWord | undefined;
}

export interface Start {
  readonly started: Moment;
  readonly attempt: number;
  readonly token: string;
}

/** Cancel, retry, reschedule, delete. */
export interface Control {
  readonly call: CallFact;
}

export interface TaskHistory {
  readonly id: string;
  readonly creations: Creation[];
  /** Enqueues that were answered with this task, whether it was theirs or not. */
  readonly acknowledgements: Moment[];
  readonly sights: Sight[];
  readonly absences: Absence[];
  readonly leases: Lease[];
  readonly reports: Report[];
  readonly renewals: Renewal[];
  readonly starts: Start[];
  readonly controls: Control[];
}

/** An await, or the wait of a run. */
export interface Await extends Pick<AwaitCall, "taskIds" | "waitMs" | "afterRevision"> {
  readonly call: CallFact;
  readonly minCount: number;
  /** Ended tasks, and those that do not exist, in the answer. */
  answered: number;
}

export interface ProcessFact extends Pick<ProcessEvent, "process" | "role"> {
  readonly events: number;
  readonly lastAt: number;
}

export interface Probe extends Pick<ProbeEvent, "probe" | "taskIds"> {
  readonly started: Moment;
  endedAt: number;
}

/** The settings with every default filled in. */
export type Settings = Required<Omit<SettingsEvent, "type" | "at">>;

export interface RunHistory {
  readonly settings: Settings;
  readonly processes: ReadonlyMap<string, ProcessFact>;
  readonly tasks: ReadonlyMap<string, TaskHistory>;
  readonly awaits: readonly Await[];
  readonly probes: readonly Probe[];
  readonly injections: Injections;
  /** Polls without an answer: any of them may have been handed a task. */
  readonly maybePolls: readonly CallFact[];
  /** Retries by filter: they may have touched any task. */
  readonly bulkRetries: readonly CallFact[];
  readonly unregisters: readonly CallFact[];
  /** When outcomes were recorded, and when anything at all moved on; sorted. */
  readonly outcomesAt: readonly number[];
  readonly progressAt: readonly number[];
  readonly events: number;
  readonly hasReadOut: boolean;
  readonly startedAt: number;
  readonly endedAt: number;
}
