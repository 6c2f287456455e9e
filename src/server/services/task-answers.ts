/** Answers that hold a task: their bytes come from the record, and messages only where somebody reads them. */
import type { Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { SpecCodec } from "../../core/spec-codec.ts";
import { encodeTask } from "../../core/task-codec.ts";
import { toTask } from "../../core/task-view.ts";
import { bytesFieldSize, WireWriter } from "../../core/wire.ts";
import { WIRE, type Encodable } from "../codec.ts";
import type { View } from "./views.ts";

export interface Showing {
  readonly specs: SpecCodec;
  readonly view: View;
  /** Ms since the epoch, by the storage's clock. */
  readonly now: number;
}

/** `task` is field 1; the flags are the fields from 2 on, in their order. */
export function taskAnswer<Flags extends Readonly<Record<string, boolean>>>(
  record: TaskRecord,
  { specs, view, now }: Showing,
  flags: Flags,
): Flags & { readonly task: Task } & Encodable {
  const wire = (): Uint8Array => {
    const task = encodeTask(record, view, now, specs);
    const writer = new WireWriter(bytesFieldSize(task.length) + 2 * Object.keys(flags).length);
    writer.bytesField(1, task);
    Object.values(flags).forEach((flag, at) => {
      if (flag) writer.varintField(at + 2, 1);
    });
    return writer.written;
  };
  return {
    ...flags,
    get task() {
      return toTask(record, view, now);
    },
    [WIRE]: wire,
  };
}

/** `tasks` is field 1, `missingTaskIds` field 2. */
export function tasksAnswer(
  records: readonly TaskRecord[],
  { specs, view, now }: Showing,
  missingTaskIds: string[],
): { readonly tasks: Task[]; readonly missingTaskIds: string[] } & Encodable {
  const wire = (): Uint8Array => {
    const tasks = records.map((record) => encodeTask(record, view, now, specs));
    const lengths = missingTaskIds.map((id) => Buffer.byteLength(id));
    const size = [...tasks.map(({ length }) => length), ...lengths].reduce(
      (sum, length) => sum + bytesFieldSize(length),
      0,
    );
    const writer = new WireWriter(size);
    for (const task of tasks) writer.bytesField(1, task);
    missingTaskIds.forEach((id, at) => writer.textField(2, id, lengths[at]!));
    return writer.written;
  };
  return {
    get tasks() {
      return records.map((record) => toTask(record, view, now));
    },
    missingTaskIds,
    [WIRE]: wire,
  };
}
