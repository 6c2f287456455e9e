/** Read, decide, compare-and-set; and again while another write comes first. */
import { QTasksError } from "../core/errors.ts";
import type { TaskRecord } from "../core/record.ts";
import type { Change, WriteVerdict } from "../storage/storage.ts";
import type { Lanes } from "./lanes.ts";

/** Far above what contention brings; it ends a loop that a bug would make endless. */
const MAX_TRIES = 100;

/** What a decision makes of a record: a change to write, or an answer without one. */
export type Decision<T> =
  | { readonly kind: "change"; readonly change: Change; readonly answer: T }
  | { readonly kind: "answer"; readonly answer: T };

export function change<T>(next: Change, answer: T): Decision<T> {
  return { kind: "change", change: next, answer };
}

export function answer<T>(value: T): Decision<T> {
  return { kind: "answer", answer: value };
}

/** The change from a record to what follows it. */
export function follow(before: TaskRecord, after: TaskRecord): Change {
  return { revision: before.revision, after };
}

/**
 * Applies `decide` to the task's record until its change is written. `known` saves the first read; it
 * may be out of date: the compare-and-set finds that out for a change, another read for an answer.
 * `held` answers a lost claim of a unique key.
 */
export async function applyChange<T>(
  lanes: Lanes,
  taskId: string,
  decide: (record: TaskRecord | undefined) => Decision<T>,
  options: {
    readonly known?: TaskRecord | undefined;
    readonly held?: (holder: TaskRecord) => T;
  } = {},
): Promise<T> {
  let isRead = options.known === undefined;
  let record = options.known ?? (await lanes.read(taskId));
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const decision = decide(record);
    if (decision.kind === "answer") {
      if (isRead) return decision.answer;
      isRead = true;
      record = await lanes.read(taskId);
      continue;
    }
    const verdict: WriteVerdict = await lanes.write(decision.change);
    if (verdict.kind === "applied") return decision.answer;
    if (verdict.kind === "held" && options.held !== undefined) return options.held(verdict.record);
    isRead = true;
    record = verdict.record;
  }
  throw new QTasksError(
    "INTERNAL",
    `task ${taskId} changed ${MAX_TRIES} times while being written`,
  );
}
