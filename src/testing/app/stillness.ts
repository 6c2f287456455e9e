/** When a test app has come to rest. */
import { setTimeout as sleep } from "node:timers/promises";
import { QTasksError } from "../../core/errors.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { TestClock } from "./test-clock.ts";
import type { WatchedBackend } from "./watched-backend.ts";

/** Patience is counted in naps: a process that gets little of the machine gets more time. */
const NAP_MS = 2;
/** How long tasks may keep each other busy before the clock moves, in ms of real time. */
const SETTLE_MS = 30_000;

export class Stillness {
  readonly #backend: WatchedBackend;
  readonly #clock: TestClock;
  readonly #patienceMs: number;
  /** Attempts that outlasted the patience: they wait for the clock. */
  readonly #waiting = new Set<string>();

  constructor(backend: WatchedBackend, clock: TestClock, patienceMs: number) {
    this.#backend = backend;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /**
   * Before the clock moves: handlers have ended, or wait for it, or outlasted the patience. STILL_RUNNING after half a
   * minute of real time, as where each task enqueues another.
   */
  async settle(): Promise<void> {
    await this.#quiet();
    let running = await this.#busy();
    for (let napped = 0; napped < this.#patienceMs && running.length > 0; napped += NAP_MS) {
      await sleep(NAP_MS);
      await this.#quiet();
      running = await this.#busy();
    }
    for (const { id, attempt } of running) this.#waiting.add(attemptOf(id, attempt));
  }

  /** No attempt is under way. STILL_RUNNING after so many ms of real time, naming those that are. */
  async idle(timeoutMs: number): Promise<void> {
    const giveUpAt = performance.now() + timeoutMs;
    for (;;) {
      const isQuiet = await this.#backend.quiet(giveUpAt);
      const running = await this.#backend.running();
      if (isQuiet && running.length === 0) return;
      if (performance.now() >= giveUpAt) throw stillRunning(running, timeoutMs);
      await sleep(NAP_MS);
    }
  }

  async #quiet(): Promise<void> {
    if (await this.#backend.quiet(performance.now() + SETTLE_MS)) return;
    throw stillRunning(await this.#backend.running(), SETTLE_MS);
  }

  /** Attempts that may go on without the clock. */
  async #busy(): Promise<readonly TaskRecord[]> {
    const running = await this.#backend.running();
    return running.filter((record) => {
      const attempt = attemptOf(record.id, record.attempt);
      return !this.#waiting.has(attempt) && !this.#clock.isAsleep(attempt);
    });
  }
}

/** Names an attempt. */
export function attemptOf(taskId: string, attempt: number): string {
  return `${attempt} ${taskId}`;
}

function stillRunning(running: readonly TaskRecord[], timeoutMs: number): QTasksError {
  if (running.length === 0)
    return new QTasksError(
      "STILL_RUNNING",
      `the app has not come to rest after ${timeoutMs} ms: its tasks keep enqueuing others`,
    );
  const names = running
    .slice(0, 10)
    .map(({ name, id, attempt }) => `${name} (${id}, attempt ${attempt})`);
  const message = `${running.length} of the app's tasks still run after ${timeoutMs} ms: ${names.join(", ")}; where a handler waits for the clock, advance it`;
  return new QTasksError("STILL_RUNNING", message);
}
