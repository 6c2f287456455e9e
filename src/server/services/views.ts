/** Views of tasks, and how many of them fit into an answer. */
import { TaskView, type Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import { toTask } from "../../core/task-view.ts";

export type View = Parameters<typeof toTask>[1];

/** The view that was asked for, or the method's own where none was. */
export function viewOr(asked: TaskView, fallback: View): View {
  return asked === TaskView.UNSPECIFIED ? fallback : (asked as View);
}

/** A task without payloads takes about this much on the wire, in bytes. */
const BASE_BYTES = 512;

/** An upper estimate of a record's bytes in an answer. */
export function viewBytes(record: TaskRecord, view: View): number {
  const failure = record.failure?.length ?? 0;
  const result = view === TaskView.BASIC ? 0 : (record.result?.length ?? 0);
  if (view !== TaskView.FULL) return BASE_BYTES + failure + result;
  const history = record.ended.reduce((bytes, ended) => bytes + ended.body.length, 0);
  return BASE_BYTES + failure + result + record.spec.length + history;
}

/** How many of the records, from the first, fit into `maxBytes`; at least one. */
export function countFitting(records: readonly TaskRecord[], view: View, maxBytes: number): number {
  let bytes = 0;
  const count = records.findIndex((record, index) => {
    bytes += viewBytes(record, view);
    return index > 0 && bytes > maxBytes;
  });
  return count === -1 ? records.length : count;
}

export function toTasks(records: readonly TaskRecord[], view: View, now: number): Task[] {
  return records.map((record) => toTask(record, view, now));
}
