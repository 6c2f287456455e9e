/** The hand-out: takes due tasks and starts them. */
import type { TaskRecord } from "../../core/record.ts";
import { holds, isStartable, start } from "../../core/transitions.ts";
import type { HandedOut, HandOutParams, Offer } from "../../storage/joint.ts";
import type { WaitingTask } from "./entry.ts";
import type { Tasks } from "./tasks.ts";

/** Answers are remembered for a repeat this long, in ms, and this many of them. */
const REMEMBER_MS = 60_000;
const REMEMBER_COUNT = 10_000;

interface Remembered {
  readonly at: number;
  readonly ids: readonly string[];
}

export class HandOuts {
  readonly #tasks: Tasks;
  /** By nonce, the oldest first. */
  readonly #recent = new Map<string, Remembered>();

  constructor(tasks: Tasks) {
    this.#tasks = tasks;
  }

  /** The answer, and whether its tasks were started by this very call. */
  take(params: HandOutParams, now: number): HandedOut & { readonly repeated: boolean } {
    const recent = this.#recent.get(params.nonce);
    const records =
      recent === undefined ? this.#start(params, now) : this.#stillHeld(params, recent.ids);
    if (recent === undefined && records.length > 0) this.#remember(params.nonce, records, now);
    return {
      records,
      more: params.offers.some((offer) => this.#first(offer, now) !== undefined),
      nextDueAt: this.#tasks.ready.nextDueAt(params.offers, now) ?? 0,
      repeated: recent !== undefined,
    };
  }

  #start(params: HandOutParams, now: number): TaskRecord[] {
    const records: TaskRecord[] = [];
    let bytes = 0;
    for (const offer of params.offers) {
      while (records.length < params.max) {
        const task = this.#first(offer, now);
        if (task === undefined) break;
        bytes += task.entry.record.spec.length;
        if (records.length > 0 && bytes > params.maxBytes) return records;
        const started = start(task.entry.record, { ...params, now });
        this.#tasks.replace(task.entry, started, now);
        records.push(started);
      }
    }
    return records;
  }

  /** The first task that can be started. Those past their deadline wait for the rescuer alone. */
  #first(offer: Offer, now: number): WaitingTask | undefined {
    for (;;) {
      const task = this.#tasks.ready.first(offer, now);
      if (task === undefined || isStartable(task.entry.record, now)) return task;
      this.#tasks.ready.pass(task);
    }
  }

  #stillHeld({ nonce }: HandOutParams, ids: readonly string[]): TaskRecord[] {
    return ids.flatMap((id) => {
      const record = this.#tasks.get(id)?.record;
      return record !== undefined && holds(record, { attempt: record.attempt, nonce })
        ? [record]
        : [];
    });
  }

  #remember(nonce: string, records: readonly TaskRecord[], now: number): void {
    this.#recent.set(nonce, { at: now, ids: records.map((record) => record.id) });
    for (const [oldest, { at }] of this.#recent) {
      if (this.#recent.size <= REMEMBER_COUNT && at > now - REMEMBER_MS) break;
      this.#recent.delete(oldest);
    }
  }
}
