/** Answers that hold a task: their bytes come from the record, and messages only where somebody reads them. */
import type { Task } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { SpecCodec } from "../../core/spec-codec.ts";
import { measureTask, writeTask } from "../../core/task-codec.ts";
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

const MAX_FLAGS = 2;
const FLAG_SIZE = 2;

/** `task` is field 1; the flags, two at most, are the fields from 2 on, in their order. */
export function taskAnswer<Flags extends Readonly<Record<string, boolean>>>(
  record: TaskRecord,
  { specs, view, now }: Showing,
  flags: Flags,
): Flags & { readonly task: Task } & Encodable {
  const wire = (): Uint8Array => {
    const task = measureTask(record, view, now, specs);
    const writer = new WireWriter(bytesFieldSize(task.size) + MAX_FLAGS * FLAG_SIZE);
    writer.head(1, task.size);
    writeTask(writer, task);
    let field = 2;
    for (const name in flags) {
      if (flags[name] === true) writer.varintField(field, 1);
      field++;
    }
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
    const tasks = records.map((record) => measureTask(record, view, now, specs));
    const lengths = missingTaskIds.map((id) => Buffer.byteLength(id));
    let size = 0;
    for (const task of tasks) size += bytesFieldSize(task.size);
    for (const length of lengths) size += bytesFieldSize(length);
    const writer = new WireWriter(size);
    for (const task of tasks) {
      writer.head(1, task.size);
      writeTask(writer, task);
    }
    missingTaskIds.forEach((id, at) => writer.textField(2, id, lengths[at]));
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
