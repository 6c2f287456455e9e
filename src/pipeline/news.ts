/** What somebody who waits for tasks has heard, and when the waiting is over. */
import { isTerminal } from "../core/record.ts";
import type { TaskChange } from "../storage/storage.ts";

/** What was heard since the last look, merged: it takes no more room however much it is. */
export interface Heard {
  /** Something may have been missed, or the wait is over. */
  missed: boolean;
  ended: boolean;
  revision: number;
}

/** Whether the task may have ended, or moved past a revision. */
export function isWorthReading(heard: Heard, afterRevision: number | undefined): boolean {
  if (heard.missed || heard.ended) return true;
  return afterRevision !== undefined && heard.revision > afterRevision;
}

/** Remembers that something happened until somebody waits for it: a level, not an edge. */
export class News {
  #heard: Heard | undefined;
  #wake: (() => void) | undefined;

  readonly listener = (change: TaskChange | undefined): void => {
    this.#heard ??= { missed: false, ended: false, revision: 0 };
    if (change === undefined) this.#heard.missed = true;
    else {
      this.#heard.ended ||= isTerminal(change.state);
      this.#heard.revision = Math.max(this.#heard.revision, change.revision);
    }
    this.#wake?.();
  };

  /** Resolves once what was heard, before or from now on, passes the test; forgets the rest. */
  async next(test: (heard: Heard) => boolean): Promise<void> {
    for (;;) {
      const heard = this.#heard;
      this.#heard = undefined;
      if (heard !== undefined && test(heard)) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}

export interface Timer {
  readonly over: boolean;
  end(): void;
}

/** Wakes the waiter when the time is over or the signal aborts. */
export function startTimer(news: News, waitMs: number, signal: AbortSignal): Timer {
  const state = { over: signal.aborted || waitMs <= 0 };
  const ring = (): void => {
    state.over = true;
    news.listener(undefined);
  };
  const timer = setTimeout(ring, waitMs);
  signal.addEventListener("abort", ring, { once: true });
  return {
    get over() {
      return state.over;
    },
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", ring);
    },
  };
}
