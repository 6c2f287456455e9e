/**
 * Tasks that this server is creating: its workers hear of them when the create is sent, not when its notice comes.
 * The hand-out that they then ask for travels behind the create and finds the tasks; where it does not (the create is
 * repeated, or another node is faster), the notice comes as ever, and only one of tasks that all have been
 * taken is withheld. Where nobody would take them now, nothing is kept.
 */
import type { TaskRecord } from "../core/record.ts";
import type { HandedOut } from "../storage/joint.ts";
import type { NewTask, TaskChange, Work } from "../storage/storage.ts";
import { workOf } from "../storage/work.ts";

/** Gives false where nobody would ask for the work now. */
type Listener = (work: readonly Work[]) => unknown;

/** Ids that are kept for a notice to come; one that is forgotten costs a hand-out that finds nothing. */
const MAX_KEPT = 2_000;

export class FreshWork {
  readonly #listeners = new Set<Listener>();
  /** Whether a hand-out has it already, by task id. */
  readonly #announced = new Map<string, boolean>();
  /** Hand-outs that have not answered yet. */
  readonly #asked = new Set<Promise<void>>();

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** To be called as soon as the create is on its way. Tasks that are not due yet are left to the notice. */
  announce(tasks: readonly NewTask[], now: number): void {
    const due: TaskRecord[] = [];
    for (const { record } of tasks) if (record.dueAt <= now) due.push(record);
    if (due.length === 0 || !this.#tell(workOf(due))) return;
    for (const { id } of due) this.#announced.set(id, false);
    this.#forgetOldest();
  }

  /** Learns from the answer of a hand-out of this server. */
  follow(handingOut: Promise<HandedOut>): void {
    const answered = handingOut.then(
      ({ records }) => this.#taken(records),
      () => undefined,
    );
    this.#asked.add(answered);
    void answered.then(() => this.#asked.delete(answered));
  }

  /** Passes a notice of work on, unless all of it was announced and is taken. */
  hear(changes: readonly TaskChange[], pass: () => void): void {
    const isCreate = (change: TaskChange): boolean =>
      change.revision === 1 && this.#announced.has(change.id);
    if (!changes.every(isCreate)) return pass();
    // The notice of a create overtakes the answer of the hand-out that travels behind it.
    void Promise.all(this.#asked).then(() => {
      const taken = changes.filter(({ id }) => this.#announced.get(id) === true).length;
      for (const { id } of changes) this.#announced.delete(id);
      if (taken < changes.length) pass();
    });
  }

  #taken(records: readonly TaskRecord[]): void {
    if (this.#announced.size === 0) return;
    for (const { id } of records) if (this.#announced.has(id)) this.#announced.set(id, true);
  }

  #tell(work: readonly Work[]): boolean {
    let isWanted = false;
    for (const listener of this.#listeners) if (listener(work) !== false) isWanted = true;
    return isWanted;
  }

  #forgetOldest(): void {
    if (this.#announced.size <= MAX_KEPT) return;
    for (const id of this.#announced.keys()) {
      if (this.#announced.size <= MAX_KEPT) return;
      this.#announced.delete(id);
    }
  }
}
