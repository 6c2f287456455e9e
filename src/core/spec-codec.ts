/** `TaskSpec` in wire format: written with each enqueue, read with each hand-out. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  TaskOptionsSchema,
  TaskSpecSchema,
  type TaskOptions,
  type TaskSpec,
} from "../../gen/qtasksapi/v1/task_pb.ts";
import { newSpec } from "./messages.ts";
import { encodePayload, readPayload } from "./payload-codec.ts";
import { decodeSpec } from "./spec.ts";
import { BYTES, bytesFieldSize, WireReader, WireWriter } from "./wire.ts";
import { Fields } from "./wire-fields.ts";

/** Different options that are remembered. */
const MAX_OPTIONS = 1_000;

export type CompleteSpec = TaskSpec & { readonly options: TaskOptions };

/**
 * Remembers options in both forms: those of most tasks are their definition's, so that encoding them is work for once
 * and not for each task. The options of a decoded spec are shared and frozen.
 */
export class SpecCodec {
  readonly #encoded = new WeakMap<TaskOptions, Uint8Array>();
  readonly #decoded = new Map<string, TaskOptions>();

  /** `options` in place of the spec's own. */
  encode(spec: TaskSpec, options: TaskOptions): Uint8Array {
    if (spec.unique !== undefined || hasEntries(spec.headers))
      return toBinary(TaskSpecSchema, { ...spec, options });
    const { name, parentTaskId } = spec;
    const payload = spec.payload === undefined ? undefined : encodePayload(spec.payload);
    const encoded = this.#encodeOptions(options);
    const [nameLength, parentLength] = [Buffer.byteLength(name), Buffer.byteLength(parentTaskId)];
    const size =
      (nameLength === 0 ? 0 : bytesFieldSize(nameLength)) +
      (payload === undefined ? 0 : bytesFieldSize(payload.length)) +
      bytesFieldSize(encoded.length) +
      (parentLength === 0 ? 0 : bytesFieldSize(parentLength));
    const writer = new WireWriter(size);
    if (nameLength > 0) writer.textField(1, name, nameLength);
    if (payload !== undefined) writer.bytesField(2, payload);
    writer.bytesField(3, encoded);
    if (parentLength > 0) writer.textField(6, parentTaskId, parentLength);
    return writer.bytes;
  }

  /** The bytes of a payload are a view into `bytes`. */
  decode(bytes: Uint8Array): CompleteSpec {
    const fields = new Fields(bufferOf(bytes));
    const spec = readSpecFields(fields, (options) => this.#decodeOptions(options));
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
      const view = reader.view();
      if (tag >>> 3 === 2) payload = { start, end: reader.at };
      if (tag >>> 3 === 3) options = this.#decodeOptions(view);
    }
    if (options?.priority !== priority) return undefined;
    if (full || payload === undefined) return bytes;
    const { start, end } = payload;
    const rest = Buffer.allocUnsafe(buffer.length - (end - start));
    buffer.copy(rest, 0, 0, start);
    buffer.copy(rest, start, end);
    return rest;
  }

  #encodeOptions(options: TaskOptions): Uint8Array {
    let bytes = this.#encoded.get(options);
    if (bytes === undefined) {
      bytes = toBinary(TaskOptionsSchema, options);
      this.#encoded.set(options, bytes);
    }
    return bytes;
  }

  #decodeOptions(bytes: Uint8Array): TaskOptions {
    const key = bufferOf(bytes).toString("latin1");
    let options = this.#decoded.get(key);
    if (options === undefined) {
      if (this.#decoded.size >= MAX_OPTIONS) this.#decoded.clear();
      options = freeze(fromBinary(TaskOptionsSchema, bytes));
      this.#decoded.set(key, options);
    }
    return options;
  }
}

/** Reads the spec that begins here; headers and unique keys, which few tasks have, are left to protobuf-es. */
export function readSpec(parent: Fields, readOptions: OptionsReader): TaskSpec {
  const fields = parent.inner();
  return parent.after(fields, readSpecFields(fields, readOptions));
}

type OptionsReader = (bytes: Uint8Array) => TaskOptions;

function readSpecFields(fields: Fields, readOptions: OptionsReader): TaskSpec {
  const spec = newSpec();
  for (let field = fields.next(); field !== undefined; field = fields.next()) {
    if (field === 1) spec.name = fields.text();
    else if (field === 2) spec.payload = readPayload(fields);
    else if (field === 3) spec.options = readOptions(fields.plain());
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
