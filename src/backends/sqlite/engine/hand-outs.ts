import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { isLeased, stateAt } from "../../../core/record.ts";
import type { HandOutParams, Offer } from "../../../storage/joint.ts";
import { takeReady, type ListKey } from "../ready-heads.ts";
import type { Terms } from "../terms.ts";
import { PackedStarts, type PackedStart } from "./packed-start.ts";
import type { ReadyTask, ReadyTasks } from "./ready-tasks.ts";
import type { StorageCalls } from "./storage-calls.ts";
import type { TaskTable } from "./task-table.ts";
import { RecordPacker } from "./verdicts.ts";

/** Answers that are remembered for a repeat. A commit in the same process is never in doubt, so few will do. */
const REMEMBERED = 1_000;

export interface HandOutsParts {
  readonly table: TaskTable;
  readonly ready: ReadyTasks;
  readonly terms: Terms;
}

/** Takes due tasks and starts them. */
export class HandOuts {
  readonly #from: HandOutsParts;
  /** Ids by nonce, the oldest first. */
  readonly #recent = new Map<string, readonly string[]>();
  /** Nonces of the transaction under way. */
  #uncommitted: string[] = [];

  constructor(parts: HandOutsParts) {
    this.#from = parts;
  }

  handOut(params: HandOutParams, now: number): StorageCalls["handOut"]["answer"] {
    const { ready, table } = this.#from;
    const recent = this.#recent.get(params.nonce);
    const records = new RecordPacker();
    const starter = new Starter(params, now);
    const took = takeReady(ready, {
      offers: params.offers.map((offer) => this.#lists(offer)),
      max: recent === undefined ? params.max : 0,
      now,
      take: (task) => this.#take(task, starter, records),
    });
    if (recent === undefined) this.#remember(params.nonce, records.ids);
    else
      for (const row of recent.flatMap((id) => table.byId(id) ?? []))
        if (isHeldBy(row.record, params.nonce)) records.add(row);
    return { ...records.done(), ...took, repeated: recent !== undefined };
  }

  committed(): void {
    this.#uncommitted = [];
  }

  rolledBack(): void {
    for (const nonce of this.#uncommitted) this.#recent.delete(nonce);
    this.#uncommitted = [];
  }

  #lists({ queue, names }: Offer): ListKey[] {
    const { terms } = this.#from;
    const known = terms.find(queue);
    if (known === undefined) return [];
    return [...new Set(terms.findAll(names))].map((name) => ({ queue: known, name }));
  }

  #take({ row }: ReadyTask, starter: Starter, records: RecordPacker): "taken" | "passed" | "stop" {
    const { table, ready } = this.#from;
    if (!starter.hasRoomFor(row.record)) return "stop";
    const started = starter.start(row.record);
    if (started === undefined) {
      const state = row.record[HEAD.state] as TaskState;
      const dueAt = row.record.readDoubleLE(HEAD.dueAt);
      if (stateAt({ state, dueAt }, starter.now) !== TaskState.PENDING) ready.demote(row, state);
      return "passed";
    }
    table.replace(row.id, row, started.head, started.tail, starter.now);
    records.addParts(row.id, started.headAndMiddle, started.tail);
    return "taken";
  }

  #remember(nonce: string, ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#recent.set(nonce, ids);
    this.#uncommitted.push(nonce);
    if (this.#recent.size <= REMEMBERED) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }
}

/** Starts tasks until their specs' bytes are used up. */
class Starter {
  readonly now: number;
  readonly #maxBytes: number;
  readonly #starts: PackedStarts;
  #bytes = 0;
  #started = 0;

  constructor(params: HandOutParams, now: number) {
    this.now = now;
    this.#maxBytes = params.maxBytes;
    this.#starts = new PackedStarts({ ...params, now });
  }

  /** The first task goes whatever its size. */
  hasRoomFor(record: Buffer): boolean {
    return this.#started === 0 || this.#bytes + specBytes(record) <= this.#maxBytes;
  }

  start(record: Buffer): PackedStart | undefined {
    const started = this.#starts.start(record);
    if (started === undefined) return undefined;
    this.#started += 1;
    this.#bytes += specBytes(record);
    return started;
  }
}

function specBytes(record: Buffer): number {
  return record.readUInt32LE(HEAD.specLength);
}

function isHeldBy(head: Buffer, nonce: string): boolean {
  return (
    isLeased(head[HEAD.state] as TaskState) &&
    head.toString("hex", HEAD.nonce, HEAD.nonce + 16) === nonce
  );
}
