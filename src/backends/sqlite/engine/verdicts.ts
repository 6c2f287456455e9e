import { Packer } from "../packed.ts";
import type { PackedRecords, PackedVerdicts } from "./storage-calls.ts";
import type { TaskRow } from "./task-row.ts";

/** Gathers records for an answer. */
export class RecordPacker {
  readonly #ids: string[] = [];
  readonly #packer = new Packer();

  get ids(): readonly string[] {
    return this.#ids;
  }

  add(row: TaskRow): void {
    this.#ids.push(row.id);
    this.#packer.add(row.record);
  }

  /** A record that was just made of these parts. */
  addParts(id: string, ...parts: readonly Uint8Array[]): void {
    this.#ids.push(id);
    this.#packer.add(...parts);
  }

  done(): PackedRecords {
    return { ids: this.#ids, packed: this.#packer.done() };
  }
}

/** Gathers verdicts, some with a record. */
export class VerdictPacker<Kind extends string> {
  readonly #kinds: Kind[] = [];
  readonly #records = new RecordPacker();

  add(kind: Kind, row?: TaskRow): void {
    this.#kinds.push(kind);
    if (row !== undefined) this.#records.add(row);
  }

  done(): PackedVerdicts<Kind> {
    return { kinds: this.#kinds, ...this.#records.done() };
  }
}
