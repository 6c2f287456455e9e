/** A task of the simulated server. */
import type { AttemptSight, StateName } from "../answer.ts";
import type { EnqueuedTask } from "../call.ts";
import type { outcomeClass } from "../knowledge.ts";

/** Attempts that a record keeps. */
const MAX_ATTEMPTS = 10;

/** An attempt that is over. */
export interface Ended extends AttemptSight {
  readonly token: string;
  /** Class of the report that ended it; undefined: the server did. */
  readonly reported: ReturnType<typeof outcomeClass> | undefined;
}

/** Its record. */
export interface SimulatedTask {
  readonly spec: EnqueuedTask;
  readonly createdAt: number;
  readonly ended: Ended[];
  state: StateName;
  revision: number;
  retries: number;
  dueAt: number;
  priority: number;
  attempt: number;
  lost: number;
  token: string;
  startedAt: number;
  leaseEndAt: number;
  endedAt: number | undefined;
  result: string | undefined;
}

/** Its queue, with the default. */
export function queueOf({ queue = "default" }: EnqueuedTask): string {
  return queue;
}

/** Its attempts as they are seen, the newest ones. */
export function attemptsOf({ ended, state, attempt, startedAt }: SimulatedTask): AttemptSight[] {
  const kept = ended.map(({ token: _token, reported: _reported, ...sight }) => sight);
  if (state !== "RUNNING" && state !== "CANCELING") return kept.slice(-MAX_ATTEMPTS);
  return [
    ...kept.slice(-MAX_ATTEMPTS),
    { number: attempt, fencing: attempt, state: "RUNNING", startedAt },
  ];
}
