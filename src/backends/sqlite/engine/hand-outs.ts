import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { decodeRecord, encodeHead, encodeTail, HEAD } from "../../../core/record-codec.ts";
import { isLeased, stateAt, type TaskRecord } from "../../../core/record.ts";
import { isStartable, start } from "../../../core/transitions.ts";
import type { HandOutParams, Offer } from "../../../storage/joint.ts";
import { takeReady, type ListKey } from "../ready-heads.ts";
import type { Terms } from "../terms.ts";
import { splitRecord, type Parts } from "./parts.ts";
import type { ReadyTask, ReadyTasks } from "./ready-tasks.ts";
import type { StorageCalls } from "./storage-calls.ts";
import type { TaskTable } from "./task-table.ts";
import { RecordPacker } from "./verdicts.ts";

/** Answers that are remembered for a repeat. A commit in the same process is never in doubt, so few will do. */
const REMEMBERED = 1_000;

export interface HandOutsParts {
  readonly table: TaskTable;
  readonly parts: Parts;
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
    const { ready, parts, table } = this.#from;
    const recent = this.#recent.get(params.nonce);
    const records = new RecordPacker(parts);
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
        if (isHeldBy(parts.whole(row), params.nonce)) records.add(row);
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
    const { table, parts, ready } = this.#from;
    const whole = parts.whole(row);
    if (!starter.hasRoomFor(whole.readUInt32LE(HEAD.specLength))) return "stop";
    const record = decodeRecord(row.id, whole);
    const started = starter.start(record);
    if (started === undefined) {
      if (stateAt(record, starter.now) !== TaskState.PENDING) ready.demote(row, record.state);
      return "passed";
    }
    const [head, tail] = [encodeHead(started), encodeTail(started)];
    table.replace(row, head, tail, starter.now);
    records.addParts(row.id, head, splitRecord(whole).middle, tail);
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
  readonly #params: HandOutParams;
  readonly now: number;
  #bytes = 0;
  #started = 0;

  constructor(params: HandOutParams, now: number) {
    this.#params = params;
    this.now = now;
  }

  /** The first task goes whatever its size. */
  hasRoomFor(bytes: number): boolean {
    return this.#started === 0 || this.#bytes + bytes <= this.#params.maxBytes;
  }

  start(record: TaskRecord): TaskRecord | undefined {
    if (!isStartable(record, this.now)) return undefined;
    this.#started += 1;
    this.#bytes += record.spec.length;
    return start(record, { ...this.#params, now: this.now });
  }
}

function isHeldBy(head: Buffer, nonce: string): boolean {
  return (
    isLeased(head[HEAD.state] as TaskState) &&
    head.toString("hex", HEAD.nonce, HEAD.nonce + 16) === nonce
  );
}
