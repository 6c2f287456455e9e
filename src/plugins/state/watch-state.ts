/** State as it is, then as it changes; what expires is told as deleted. */
import type { ConfigChange, GlobalConfig } from "../../config/global-config.ts";
import type { TimerClock } from "../../core/clock.ts";
import { QTasksError } from "../../core/errors.ts";
import { MAX_TIMER_MS } from "../../core/max-timer.ts";
import type { StateChange, StateEntry } from "./entry.ts";
import type { StateStore } from "./state-store.ts";
import { liveEntry, readStored } from "./stored.ts";

/** How long a storage that is away is left alone, in ms. */
const RETRY_MS = 1_000;

export interface StateWatchParts {
  readonly store: StateStore;
  readonly config: GlobalConfig;
  readonly clock: TimerClock;
  readonly prefix: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** One watch, with what it has told so far. */
export class StateWatch {
  readonly #parts: StateWatchParts;
  /** Versions of what stands, by key. */
  readonly #told = new Map<string, number>();
  readonly #expiries = new Map<string, number>();

  constructor(parts: StateWatchParts) {
    this.#parts = parts;
  }

  /** Until the signal aborts or the reader leaves. */
  async *changes(): AsyncGenerator<StateChange<unknown>, void> {
    const { config, store, prefix, signal } = this.#parts;
    const news = config.watch({ prefix: store.fullKey(prefix), signal });
    const reader = news[Symbol.asyncIterator]();
    try {
      for (let next = reader.next(); ;) {
        const step = await this.#untilExpiry(next);
        if (step === undefined) yield* await this.#expired();
        else if (step.done === true) return;
        else {
          next = reader.next();
          // Its error is for the turn that waits for it; a reader that leaves first has none.
          next.catch(() => undefined);
          yield* this.#changed(step.value);
        }
      }
    } finally {
      void reader.return?.();
    }
  }

  /** The next change; undefined when something expires before it comes. */
  async #untilExpiry<T>(next: Promise<T>): Promise<T | undefined> {
    if (this.#expiries.size === 0) return next;
    const { clock, config } = this.#parts;
    const expiry = Promise.withResolvers<undefined>();
    const waitMs = Math.min(...this.#expiries.values()) - config.now();
    const timer = clock.setTimer(
      () => expiry.resolve(undefined),
      Math.max(1, Math.min(MAX_TIMER_MS, Math.ceil(waitMs))),
    );
    try {
      return await Promise.race([next, expiry.promise]);
    } finally {
      clock.clearTimer(timer);
    }
  }

  #changed(change: ConfigChange): StateChange<unknown>[] {
    const { store, config } = this.#parts;
    const key = store.ownKey(change.kind === "put" ? change.entry.key : change.key);
    if (change.kind === "deleted") return this.#tell(key, undefined);
    const stored = readStored(key, change.entry);
    // It was read before what is told already.
    if (stored.base + stored.version < (this.#told.get(key) ?? 0)) return [];
    return this.#tell(key, liveEntry(stored, config.now()));
  }

  /** Looks again at what is due: another server may have renewed it. A storage that is away is asked again later. */
  async #expired(): Promise<StateChange<unknown>[]> {
    const now = this.#parts.config.now();
    const due = [...this.#expiries].flatMap(([key, at]) => (at <= now ? key : []));
    try {
      const found = await Promise.all(due.map((key) => this.#parts.store.get(key)));
      return due.flatMap((key, at) => this.#tell(key, found[at]));
    } catch (error) {
      if (QTasksError.from(error).reason !== "STORAGE_UNAVAILABLE") throw error;
      for (const key of due) this.#expiries.set(key, now + RETRY_MS);
      return [];
    }
  }

  /** What is news to the reader. */
  #tell(key: string, entry: StateEntry<unknown> | undefined): StateChange<unknown>[] {
    this.#expiries.delete(key);
    if (entry === undefined) return this.#told.delete(key) ? [{ kind: "deleted", key }] : [];
    if (entry.expiresAt !== undefined) this.#expiries.set(key, entry.expiresAt);
    if (entry.version <= (this.#told.get(key) ?? 0)) return [];
    this.#told.set(key, entry.version);
    return [{ kind: "put", entry }];
  }
}
