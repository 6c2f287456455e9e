/** A record as an encoded `Task`: what it holds in wire format already is copied as it is. */
import { toBinary } from "@bufbuild/protobuf";
import { AttemptSchema, TaskSchema, TaskState, TaskView } from "../../gen/qtasksapi/v1/task_pb.ts";
import { stateAt, type TaskRecord } from "./record.ts";
import type { SpecCodec } from "./spec-codec.ts";
import { toTask } from "./task-view.ts";
import { currentAttempt } from "./transitions.ts";
import { bytesFieldSize, MAX_TIMESTAMP_SIZE, WireWriter } from "./wire.ts";

/** Tags and numbers of the fields that are no times, texts or messages, at most. */
const NUMBERS_SIZE = 64;
const TIMES = 7;

/** The bytes of {@link toTask}. */
export function encodeTask(
  record: TaskRecord,
  view: Parameters<typeof toTask>[1],
  now: number,
  specs: SpecCodec,
): Buffer {
  const full = view === TaskView.FULL;
  const spec = specs.forView(record.spec, { full, priority: record.priority });
  // Stack traces lie within a failure; a priority that was moved, within the options.
  if (spec === undefined || (record.failure !== undefined && !full))
    return Buffer.from(toBinary(TaskSchema, toTask(record, view, now)));
  const result = view === TaskView.BASIC ? undefined : record.result;
  const attempts = full ? attemptsOf(record) : [];
  const [idLength, workerLength, reasonLength] = [
    Buffer.byteLength(record.id),
    Buffer.byteLength(record.workerId),
    Buffer.byteLength(record.cancelReason),
  ];
  const lengths = [idLength, spec.length, workerLength, reasonLength];
  for (const bytes of [result, record.failure, record.progress, ...attempts])
    if (bytes !== undefined) lengths.push(bytes.length);
  // A tag of two bytes, from field 16 on, is one more.
  const size = lengths.reduce(
    (sum, length) => sum + 1 + bytesFieldSize(length),
    NUMBERS_SIZE + TIMES * MAX_TIMESTAMP_SIZE,
  );
  const writer = new WireWriter(size);
  const state = stateAt(record, now);
  writer.textField(1, record.id, idLength);
  writer.bytesField(2, spec);
  numberField(writer, 3, state);
  numberField(writer, 4, record.revision);
  numberField(writer, 5, record.charged);
  numberField(writer, 6, record.lost);
  numberField(writer, 7, record.manualRetries);
  writer.timestampField(8, record.createdAt);
  writer.timestampField(9, record.dueAt);
  timeField(writer, 10, record.startedAt);
  writer.timestampField(11, record.updatedAt);
  timeField(writer, 12, record.endedAt);
  if (state === TaskState.RETRYING) writer.timestampField(13, record.dueAt);
  timeField(writer, 14, record.purgeAt);
  if (result !== undefined) writer.bytesField(15, result);
  if (record.failure !== undefined) writer.bytesField(16, record.failure);
  if (record.progress !== undefined) writer.bytesField(17, record.progress);
  if (workerLength > 0) writer.textField(18, record.workerId, workerLength);
  if (reasonLength > 0) writer.textField(19, record.cancelReason, reasonLength);
  for (const attempt of attempts) writer.bytesField(20, attempt);
  return writer.written;
}

function numberField(writer: WireWriter, field: number, value: number): void {
  if (value !== 0) writer.varintField(field, value);
}

function timeField(writer: WireWriter, field: number, at: number): void {
  if (at !== 0) writer.timestampField(field, at);
}

function attemptsOf(record: TaskRecord): Uint8Array[] {
  const attempts = record.ended.map(({ body }) => body);
  const current = currentAttempt(record);
  return current === undefined ? attempts : [...attempts, toBinary(AttemptSchema, current)];
}
