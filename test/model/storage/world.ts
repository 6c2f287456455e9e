/** The model of a storage: memory, and what the commands need to name what is there, or was. */
import { MemoryStorage } from "../../../src/backends/memory/memory-storage.ts";
import type { TaskRecord } from "../../../src/core/record.ts";
import type { HandOutParams, Joint } from "../../../src/storage/joint.ts";
import { ModelClock } from "../model-clock.ts";
import { assertSame } from "./compare.ts";

/** Virtual time begins here; every time of a model is a multiple of {@link GRID_MS}. */
export const EPOCH_MS = 1_900_000_000_000;
/** Coarse enough that an estimate of Redis's clock, which runs on, decides nothing differently. */
export const GRID_MS = 100;
/** Tasks that a model may have at once. */
export const TASKS = 24;
export const MAX_LOGS = 3;
/** Memory and Redis forget a hand-out after a minute. */
const REPEATABLE_MS = 50_000;
const KEPT_CALLS = 8;

/** A storage under test, seen through one server or two. */
export interface Store {
  readonly joints: readonly Joint[];
  /** Makes the next calls of this turn fail as a whole at first, where they are one transaction. */
  poison?(): void;
  /** Kills the process that has the data open, and opens it again. */
  restart?(): void;
  /** Calls of one turn are one transaction; else what they answer may be younger than they are. */
  readonly isOneFlush: boolean;
  /** Hints may be coarser than the model's: whether more is left, when to purge next. */
  readonly hasCoarseHints: boolean;
}

/** One call of the contract. */
export interface Call {
  readonly name: string;
  readonly run: (joint: Joint) => Promise<unknown>;
  /** What of its answer must be equal; the model's answer says what a coarse hint may be. */
  readonly view?: ((answer: never, expected: never, store: Store) => unknown) | undefined;
  /** May be made again much later. */
  readonly isRepeatable: boolean;
}

export class World {
  readonly clock = new ModelClock(EPOCH_MS);
  readonly memory = new MemoryStorage({ clock: this.clock, maxLogs: MAX_LOGS });
  readonly ids = Array.from({ length: TASKS }, (_, index) => `t${index}`);
  /** So far; each goes to another server. */
  looks = 0;
  /** Every version that each task had, the latest last. */
  readonly #versions = new Map<string, TaskRecord[]>();
  readonly #gone = new Set<string>();
  #calls: Call[] = [];
  #handOuts: { readonly params: HandOutParams; readonly at: number }[] = [];
  #nonces = 0;
  #stamps = 0;

  get now(): number {
    return this.clock.now();
  }

  /** Makes the calls of one turn on both sides and compares their answers. */
  async make(
    store: Store,
    calls: readonly Call[],
    { via = 0, poisoned = false } = {},
  ): Promise<void> {
    const expected: unknown[] = [];
    for (const call of calls) expected.push(await call.run(this.memory));
    const joint = store.joints[via % store.joints.length]!;
    const actual = await answersOf(store, joint, calls, poisoned);
    for (const [at, call] of calls.entries()) this.#compare(store, call, actual[at], expected[at]);
    this.#calls = [...calls.filter((call) => call.isRepeatable), ...this.#calls].slice(
      0,
      KEPT_CALLS,
    );
    await this.#lookAt(joint);
  }

  /** The call that was made so many calls ago, where it may be made again. */
  earlier(back: number): Call | undefined {
    return this.#calls[back % KEPT_CALLS];
  }

  /**
   * A version of one of the tasks that there are or were: the latest, or that of so many changes ago. Undefined before
   * the first task.
   */
  version(number: number, back: number): TaskRecord | undefined {
    const known = [...this.#versions.values()];
    const versions = known[number % Math.max(1, known.length)] ?? [];
    return versions.at(-1 - Math.min(back, Math.max(0, versions.length - 1)));
  }

  /** There is no such task now. */
  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  /** The latest version of each task that there is, or was. */
  get latest(): readonly TaskRecord[] {
    return [...this.#versions.values()].flatMap((versions) => versions.at(-1) ?? []);
  }

  nonce(): string {
    return (++this.#nonces).toString(16).padStart(32, "0");
  }

  /** No two writes have the same. */
  stamp(): number {
    return ++this.#stamps;
  }

  noteHandOut(params: HandOutParams): void {
    this.#handOuts = [{ params, at: this.now }, ...this.#handOuts].slice(0, KEPT_CALLS);
  }

  /** A hand-out that may be repeated still. */
  earlierHandOut(back: number): HandOutParams | undefined {
    const fresh = this.#handOuts.filter(({ at }) => at > this.now - REPEATABLE_MS);
    return fresh[back % Math.max(1, fresh.length)]?.params;
  }

  /** A server that is gone remembers no hand-out. */
  forgetHandOuts(): void {
    this.#handOuts = [];
  }

  #compare(store: Store, { name, view }: Call, actual: unknown, expected: unknown): void {
    const seen = (answer: unknown): unknown =>
      view === undefined ? answer : view(answer as never, expected as never, store);
    assertSame(name, seen(actual), seen(expected), this.now);
  }

  /** Compares every record, and keeps the new versions. */
  async #lookAt(joint: Joint): Promise<void> {
    const { ids } = this;
    const [expected, actual] = await Promise.all([this.memory.read({ ids }), joint.read({ ids })]);
    assertSame("read", actual, expected, this.now);
    for (const [at, record] of expected.entries()) {
      if (record === undefined) this.#gone.add(ids[at]!);
      else this.#keep(record);
    }
  }

  #keep(record: TaskRecord): void {
    // A new life of an id counts its revisions anew: what was meant for the old one is not for it.
    if (this.#gone.delete(record.id) && this.#versions.delete(record.id)) {
      this.#calls = [];
    }
    const versions = this.#versions.get(record.id) ?? [];
    this.#versions.set(record.id, versions);
    // Memory gives the same object as long as nothing has changed.
    if (versions.at(-1) !== record) versions.push(record);
  }
}

async function answersOf(
  store: Store,
  joint: Joint,
  calls: readonly Call[],
  poisoned: boolean,
): Promise<readonly unknown[]> {
  if (store.isOneFlush) {
    const answers = calls.map((call) => call.run(joint));
    if (poisoned) store.poison?.();
    return Promise.all(answers);
  }
  const answers: unknown[] = [];
  for (const call of calls) answers.push(await call.run(joint));
  return answers;
}
