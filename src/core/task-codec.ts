/** A record as an encoded `Task`: what it holds in wire format already is copied as it is. */
import { toBinary } from "@bufbuild/protobuf";
import { AttemptSchema, TaskSchema, TaskState, TaskView } from "../../gen/qtasksapi/v1/task_pb.ts";
import { stateAt, type TaskRecord } from "./record.ts";
import type { SpecCodec } from "./spec-codec.ts";
import { toTask } from "./task-view.ts";
import { currentAttempt } from "./transitions.ts";
import {
  bytesFieldSize,
  textFieldSize,
  timestampSize,
  varintSize,
  type WireWriter,
} from "./wire.ts";

type View = Parameters<typeof toTask>[1];

/** A task that is about to be written. */
export interface MeasuredTask {
  /** Bytes that it takes. */
  readonly size: number;
  readonly record: TaskRecord;
  readonly state: TaskState;
  readonly spec: Uint8Array;
  readonly result: Uint8Array | undefined;
  readonly attempts: readonly Uint8Array[];
  /** All of it, where protobuf-es has to write it. */
  readonly whole: Uint8Array | undefined;
}

/** Measures what {@link toTask} shows of a record. */
export function measureTask(
  record: TaskRecord,
  view: View,
  now: number,
  specs: SpecCodec,
): MeasuredTask {
  const full = view === TaskView.FULL;
  const spec = specs.forView(record.spec, { full, priority: record.priority });
  const state = stateAt(record, now);
  // Stack traces lie within a failure; a priority that was moved, within the options.
  if (spec === undefined || (record.failure !== undefined && !full)) {
    const whole = toBinary(TaskSchema, toTask(record, view, now));
    const rest = { record, state, spec: record.spec, result: undefined, attempts: NO_ATTEMPTS };
    return { size: whole.length, ...rest, whole };
  }
  const result = view === TaskView.BASIC ? undefined : record.result;
  const attempts = full ? attemptsOf(record) : NO_ATTEMPTS;
  const size = taskSize(record, state) + bytesFieldSize(spec.length) + bytesSize(result);
  const ofAttempts = attempts.reduce((sum, attempt) => sum + longTagged(bytesSize(attempt)), 0);
  return { size: size + ofAttempts, record, state, spec, result, attempts, whole: undefined };
}

/** Writes as many bytes as {@link measureTask} tells. */
export function writeTask(writer: WireWriter, measured: MeasuredTask): void {
  const { record, state, spec, result, attempts, whole } = measured;
  if (whole !== undefined) return writer.raw(whole);
  if (record.id !== "") writer.textField(1, record.id);
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
  if (record.workerId !== "") writer.textField(18, record.workerId);
  if (record.cancelReason !== "") writer.textField(19, record.cancelReason);
  for (const attempt of attempts) writer.bytesField(20, attempt);
}

const NO_ATTEMPTS: readonly Uint8Array[] = Object.freeze([]);

/** Bytes of what is in every view. */
function taskSize(record: TaskRecord, state: TaskState): number {
  return (
    textFieldSize(record.id) +
    numberSize(state) +
    numberSize(record.revision) +
    numberSize(record.charged) +
    numberSize(record.lost) +
    numberSize(record.manualRetries) +
    bytesFieldSize(timestampSize(record.createdAt)) +
    bytesFieldSize(timestampSize(record.dueAt)) +
    timeSize(record.startedAt) +
    bytesFieldSize(timestampSize(record.updatedAt)) +
    timeSize(record.endedAt) +
    (state === TaskState.RETRYING ? bytesFieldSize(timestampSize(record.dueAt)) : 0) +
    timeSize(record.purgeAt) +
    longTagged(bytesSize(record.failure)) +
    longTagged(bytesSize(record.progress)) +
    longTagged(textFieldSize(record.workerId)) +
    longTagged(textFieldSize(record.cancelReason))
  );
}

/** From field 16 on a tag is two bytes; `size`: with a tag of one, 0 where the field is not written. */
function longTagged(size: number): number {
  return size === 0 ? 0 : size + 1;
}

function bytesSize(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 0 : bytesFieldSize(bytes.length);
}

function numberSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

function timeSize(at: number): number {
  return at === 0 ? 0 : bytesFieldSize(timestampSize(at));
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
