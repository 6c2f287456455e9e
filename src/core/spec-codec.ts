/** `TaskSpec` in wire format: written with each enqueue, read with each hand-out. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  TaskOptionsSchema,
  TaskSpecSchema,
  UniqueKeySchema,
  type TaskOptions,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { bufferOf } from "./bytes.ts";
import { freeze } from "./freeze.ts";
import { newSpec } from "./messages.ts";
import { payloadSize, readPayload, writePayload } from "./payload-codec.ts";
import { payloadBytes } from "./payload-bytes.ts";
import { decodeSpec } from "./spec.ts";
import { BYTES, bytesFieldSize, textFieldSize, WireReader, WireWriter } from "./wire.ts";
import { Fields } from "./wire-fields.ts";

/** The field that comes as often as there are headers. */
const HEADERS = 4;
/** Different options that are remembered. */
const MAX_OPTIONS = 1_000;

export type CompleteSpec = TaskSpec & { readonly options: TaskOptions };

/** The spec with these options, or none, in place of its own. They are encoded once for all tasks that have them. */
export function encodeSpec(spec: TaskSpec, options: EncodedOptions | undefined): Buffer {
  const measured = measureSpec(spec, options);
  const writer = new WireWriter(measured.size);
  writeSpec(writer, spec, measured);
  return writer.bytes;
}

/** A spec that is about to be written. */
export interface MeasuredSpec {
  /** Bytes that it takes. */
  readonly size: number;
  readonly bodyLength: number;
  readonly payloadSize: number;
  readonly options: Uint8Array | undefined;
  readonly unique: Uint8Array | undefined;
  /** All of it, where there is what only protobuf-es writes. */
  readonly whole: Uint8Array | undefined;
}

/** As {@link encodeSpec} takes them. */
export function measureSpec(spec: TaskSpec, effective: EncodedOptions | undefined): MeasuredSpec {
  const { name, payload, headers, parentTaskId } = spec;
  const whole = holdsUnknown(spec)
    ? toBinary(TaskSpecSchema, { ...spec, options: effective?.options })
    : undefined;
  const options = effective?.encoded;
  const unique = spec.unique && toBinary(UniqueKeySchema, spec.unique);
  const bodyLength = payloadBytes(payload);
  const ofPayload = payload === undefined ? 0 : payloadSize(payload, bodyLength);
  let size = textFieldSize(name) + textFieldSize(parentTaskId);
  if (payload !== undefined) size += bytesFieldSize(ofPayload);
  if (options !== undefined) size += bytesFieldSize(options.length);
  for (const key in headers) size += bytesFieldSize(headerSize(key, headers[key]!));
  if (unique !== undefined) size += bytesFieldSize(unique.length);
  return {
    size: whole?.length ?? size,
    bodyLength,
    payloadSize: ofPayload,
    options,
    unique,
    whole,
  };
}

export function writeSpec(writer: WireWriter, spec: TaskSpec, measured: MeasuredSpec): void {
  const { name, payload, headers, parentTaskId } = spec;
  const { options, unique, whole } = measured;
  if (whole !== undefined) return writer.raw(whole);
  if (name !== "") writer.textField(1, name);
  if (payload !== undefined) {
    writer.head(2, measured.payloadSize);
    writePayload(writer, payload, measured.bodyLength);
  }
  if (options !== undefined) writer.bytesField(3, options);
  for (const key in headers) writeHeader(writer, key, headers[key]!);
  if (unique !== undefined) writer.bytesField(5, unique);
  if (parentTaskId !== "") writer.textField(6, parentTaskId);
}

function holdsUnknown({ $unknown, payload }: TaskSpec): boolean {
  return $unknown !== undefined || payload?.$unknown !== undefined;
}

/** An entry has both of its fields, also where they are empty. */
function headerSize(key: string, value: string): number {
  return bytesFieldSize(Buffer.byteLength(key)) + bytesFieldSize(Buffer.byteLength(value));
}

function writeHeader(writer: WireWriter, key: string, value: string): void {
  writer.head(4, headerSize(key, value));
  writer.textField(1, key);
  writer.textField(2, value);
}

/** Options in both forms. */
export interface EncodedOptions {
  readonly options: TaskOptions;
  readonly encoded: Uint8Array;
}

/** Reads specs and remembers their options: those of most tasks are their definition's. They are shared and frozen. */
export class SpecCodec {
  readonly #decoded = new Map<string, TaskOptions>();

  /** The bytes of a payload are a view into `bytes`. */
  decode(bytes: Uint8Array): CompleteSpec {
    const fields = new Fields(bufferOf(bytes), HEADERS);
    const spec = readSpecFields(fields, this.#readOptions);
    return fields.left ? decodeSpec(bytes) : (spec as CompleteSpec);
  }

  /**
   * The bytes as a Task shows them, without the payload unless `full`; undefined where the options have another
   * priority than the task, or the bytes come from elsewhere.
   */
  forView(
    bytes: Uint8Array,
    { full, priority }: { readonly full: boolean; readonly priority: number },
  ): Uint8Array | undefined {
    const buffer = bufferOf(bytes);
    const reader = new WireReader(buffer);
    let payload: { readonly start: number; readonly end: number } | undefined;
    let options: TaskOptions | undefined;
    while (!reader.done) {
      const start = reader.at;
      const tag = reader.varint();
      if ((tag & 7) !== BYTES) return undefined;
      if (tag >>> 3 === 3) options = this.#readOptions(reader);
      else reader.at = reader.span();
      if (tag >>> 3 === 2) payload = { start, end: reader.at };
    }
    if (options?.priority !== priority) return undefined;
    if (full || payload === undefined) return bytes;
    const { start, end } = payload;
    const rest = Buffer.allocUnsafe(buffer.length - (end - start));
    buffer.copy(rest, 0, 0, start);
    buffer.copy(rest, start, end);
    return rest;
  }

  readonly #readOptions = (reader: WireReader): TaskOptions => {
    const end = reader.span();
    const key = reader.bytes.toString("latin1", reader.at, end);
    let options = this.#decoded.get(key);
    if (options === undefined) {
      if (this.#decoded.size >= MAX_OPTIONS) this.#decoded.clear();
      options = freeze(fromBinary(TaskOptionsSchema, reader.bytes.subarray(reader.at, end)));
      this.#decoded.set(key, options);
    }
    reader.at = end;
    return options;
  };
}

/** Reads the spec that begins here. */
export function readSpec(parent: Fields, readOptions: OptionsReader): TaskSpec {
  const fields = parent.inner(HEADERS);
  return parent.after(fields, readSpecFields(fields, readOptions));
}

/** Reads the options that begin here. */
export type OptionsReader = (reader: WireReader) => TaskOptions;

function readSpecFields(fields: Fields, readOptions: OptionsReader): TaskSpec {
  const spec = newSpec();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) spec.name = fields.text();
    else if (field === 2) spec.payload = readPayload(fields);
    else if (field === 3) spec.options = readOptions(fields);
    else if (field === HEADERS) readHeader(fields, spec.headers);
    else if (field === 5) spec.unique = fromBinary(UniqueKeySchema, fields.plain());
    else if (field === 6) spec.parentTaskId = fields.text();
    else fields.leave();
  }
  return spec;
}

/** Of a name that comes twice the last value holds. */
function readHeader(parent: Fields, headers: Record<string, string>): void {
  const fields = parent.inner();
  let key = "";
  let value = "";
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) key = fields.text();
    else if (field === 2) value = fields.text();
    else fields.leave();
  }
  // That name is no property like others.
  if (key === "__proto__") fields.leave();
  headers[key] = parent.after(fields, value);
}
