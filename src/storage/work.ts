/** Work as notices tell of it: how much of what waits in which queue. */
import { gatherWork } from "../core/gather-work.ts";
import { isWaiting, type TaskRecord } from "../core/record.ts";
import type { StorageNotice, Work } from "./storage.ts";

/** The notice of records that were written: every change, and the work among them. */
export function noticeOf(records: readonly TaskRecord[]): StorageNotice {
  const changes = records.map(({ id, state, revision }) => ({ id, state, revision }));
  return { kind: "changes", changes, work: workOf(records) };
}

/** The work in those that wait. */
export function workOf(records: readonly TaskRecord[]): Work[] {
  const waiting = records.filter((record) => isWaiting(record.state));
  return gatherWork(waiting, (record) => record.dueAt).map(({ at, ...work }) => ({
    ...work,
    dueAt: at,
  }));
}
