/** `TaskSpec` in wire format: written with each enqueue, read with each hand-out. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  TaskOptionsSchema,
  TaskSpecSchema,
  type TaskOptions,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { newSpec } from "./messages.ts";
import { payloadSize, readPayload, writePayload } from "./payload-codec.ts";
import { payloadBytes } from "./payload.ts";
import { decodeSpec } from "./spec.ts";
import { BYTES, bytesFieldSize, textFieldSize, WireReader, WireWriter } from "./wire.ts";
import { Fields } from "./wire-fields.ts";

/** Different options that are remembered. */
const MAX_OPTIONS = 1_000;

export type CompleteSpec = TaskSpec & { readonly options: TaskOptions };

/** The spec with these options, which have been encoded once for all tasks that have them, in place of its own. */
export function encodeSpec(spec: TaskSpec, { options, encoded }: EncodedOptions): Uint8Array {
  if (spec.unique !== undefined || hasEntries(spec.headers))
    return toBinary(TaskSpecSchema, { ...spec, options });
  const { name, payload, parentTaskId } = spec;
  const nameLength = Buffer.byteLength(name);
  const bodyLength = payloadBytes(payload);
  const ofPayload = payload === undefined ? 0 : payloadSize(payload, bodyLength);
  const size =
    (nameLength === 0 ? 0 : bytesFieldSize(nameLength)) +
    (payload === undefined ? 0 : bytesFieldSize(ofPayload)) +
    bytesFieldSize(encoded.length) +
    textFieldSize(parentTaskId);
  const writer = new WireWriter(size);
  if (nameLength > 0) writer.textField(1, name, nameLength);
  if (payload !== undefined) {
    writer.head(2, ofPayload);
    writePayload(writer, payload, bodyLength);
  }
  writer.bytesField(3, encoded);
  if (parentTaskId !== "") writer.textField(6, parentTaskId);
  return writer.bytes;
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
    const fields = new Fields(bufferOf(bytes));
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

/** Reads the spec that begins here; headers and unique keys, which few tasks have, are left to protobuf-es. */
export function readSpec(parent: Fields, readOptions: OptionsReader): TaskSpec {
  const fields = parent.inner();
  return parent.after(fields, readSpecFields(fields, readOptions));
}

/** Reads the options that begin here. */
type OptionsReader = (reader: WireReader) => TaskOptions;

function readSpecFields(fields: Fields, readOptions: OptionsReader): TaskSpec {
  const spec = newSpec();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) spec.name = fields.text();
    else if (field === 2) spec.payload = readPayload(fields);
    else if (field === 3) spec.options = readOptions(fields);
    else if (field === 6) spec.parentTaskId = fields.text();
    else fields.leave();
  }
  return spec;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hasEntries(map: Readonly<Record<string, string>>): boolean {
  for (const _ in map) return true;
  return false;
}

function freeze<T extends object>(message: T): T {
  for (const value of Object.values(message))
    if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) freeze(value);
  return Object.freeze(message);
}
