/** Notices when something blocked the event loop, and says which handlers ran meanwhile. */
import type { Logger } from "pino";
import type { Runner } from "./runner.ts";

const CHECK_MS = 500;
const WARN_MS = 1_000;
const MAX_NAMES = 10;

/**
 * While the loop is blocked nothing in this process can renew leases; when it goes on, late heartbeats tell which
 * of them were lost, and their handlers are aborted. This only makes the cause visible.
 */
export class LoopWatch {
  readonly #runner: Runner;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #lastAt = 0;

  constructor(runner: Runner, logger: Logger) {
    this.#runner = runner;
    this.#logger = logger;
  }

  start(): void {
    this.#lastAt = performance.now();
    this.#timer = setInterval(() => this.#check(), CHECK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const now = performance.now();
    const lagMs = Math.round(now - this.#lastAt - CHECK_MS);
    this.#lastAt = now;
    if (lagMs < WARN_MS) return;
    const names = new Set(this.#runner.held.map((attempt) => attempt.spec.name));
    const tasks = [...names].slice(0, MAX_NAMES);
    this.#logger.warn({ lagMs, tasks }, "the event loop was blocked: heartbeats were late");
  }
}
