/**
 * The last time that the file has seen, so that the clock never runs backwards over restarts either.
 * Noted at most once a second, and only in a transaction that writes anyway: an idle engine writes
 * nothing, and at most a second of it is lost.
 */
import type { Meta } from "./meta.ts";

const KEY = "clock";
const NOTE_EVERY_MS = 1_000;
/** A noted time further ahead of the machine's clock than this was itself wrong. */
const TRUSTED_AHEAD_MS = 24 * 3_600_000;

export class KeptClock {
  readonly #meta: Meta;
  #notedAt: number;

  constructor(meta: Meta) {
    this.#meta = meta;
    this.#notedAt = Number(meta.get(KEY) ?? 0);
  }

  /**
   * The time to go on from. A noted time less than a day ahead of the machine's is kept, and runs
   * slower until the machine has caught up; one further ahead is dropped, with a warning either way.
   */
  startAt(wall: number): { readonly now: number; readonly warnings: string[] } {
    const ahead = this.#notedAt - wall;
    if (ahead <= 0) return { now: wall, warnings: [] };
    const trusted = ahead <= TRUSTED_AHEAD_MS;
    const now = trusted ? this.#notedAt : wall;
    if (!trusted) this.#notedAt = 0;
    if (ahead <= NOTE_EVERY_MS) return { now, warnings: [] };
    const what = trusted ? "time runs slower until it has caught up" : "the noted time is dropped";
    return { now, warnings: [`the machine's clock is ${ahead} ms behind the file's: ${what}`] };
  }

  /** Within a transaction that has written something. */
  note(now: number): void {
    if (now - this.#notedAt < NOTE_EVERY_MS) return;
    this.#meta.set(KEY, now);
    this.#notedAt = now;
  }

  rolledBack(): void {
    this.#notedAt = Number(this.#meta.get(KEY) ?? 0);
  }
}
