/** Views of tasks, and how many of them fit into an answer. */
import { toBinary } from "@bufbuild/protobuf";
import { TaskSpecSchema, TaskView, type Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import { decodeSpec } from "../../core/spec.ts";
import { toTask } from "../../core/task-view.ts";

export type View = Parameters<typeof toTask>[1];

/** The view that was asked for, or the method's own where none was. */
export function viewOr(asked: TaskView, fallback: View): View {
  return asked === TaskView.UNSPECIFIED ? fallback : (asked as View);
}

/** A task without its spec, result and failure takes less than this on the wire, in bytes. */
const BASE_BYTES = 512;
/** Smaller specs count whole; of larger ones it matters how much the payload is, in bytes. */
const SMALL_SPEC_BYTES = 2_048;

/** An upper estimate of a record's bytes in an answer. */
export function viewBytes(record: TaskRecord, view: View): number {
  const failure = record.failure?.length ?? 0;
  const progress = record.progress?.length ?? 0;
  const rest = BASE_BYTES + failure + progress + record.cancelReason.length;
  if (view === TaskView.BASIC) return rest + specBytes(record.spec);
  const result = record.result?.length ?? 0;
  if (view === TaskView.RESULT) return rest + specBytes(record.spec) + result;
  const history = record.ended.reduce((bytes, ended) => bytes + ended.body.length, 0);
  return rest + record.spec.length + result + history;
}

/** Of a spec without its payload: names, labels and headers may be many. */
function specBytes(spec: Uint8Array): number {
  if (spec.length <= SMALL_SPEC_BYTES) return spec.length;
  return toBinary(TaskSpecSchema, { ...decodeSpec(spec), payload: undefined }).length;
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
