/** Deletes terminal tasks whose retention is over, a batch at a time, and sleeps until the next one. */
import type { Logger } from "pino";
import type { TimerClock } from "../core/clock.ts";
import type { Storage } from "../storage/storage.ts";
import { Alarm } from "./alarm.ts";

const PURGE_LIMIT = 500;
/** Retention is a minute at the least, so that nothing is missed for long between two looks, in ms. */
const AT_LEAST_EVERY_MS = 60_000;
/** Tasks that ended one after the other are purged together, this long after the first, in ms. */
const GATHER_MS = 1_000;

export class Purger {
  readonly #storage: Storage;
  readonly #alarm: Alarm;
  readonly #logger: Logger;

  /** `clock` is what it waits by. @default the machine's clock */
  constructor(storage: Storage, logger: Logger, clock?: TimerClock) {
    this.#storage = storage;
    this.#logger = logger;
    this.#alarm = new Alarm({
      now: () => storage.now(),
      run: () => this.#sweep(),
      atLeastEveryMs: AT_LEAST_EVERY_MS,
      clock,
      logger,
    });
  }

  start(): void {
    this.#alarm.start();
  }

  stop(): Promise<void> {
    return this.#alarm.stop();
  }

  /** A task may be purged from this time on. */
  note(purgeAt: number): void {
    this.#alarm.note(purgeAt === 0 ? 0 : purgeAt + GATHER_MS);
  }

  async #sweep(): Promise<number> {
    const { count, nextAt } = await this.#storage.purge({ limit: PURGE_LIMIT });
    if (count > 0) this.#logger.debug({ count }, "purged tasks past their retention");
    if (count >= PURGE_LIMIT) return this.#storage.now();
    return nextAt === 0 ? 0 : Math.max(nextAt, this.#storage.now()) + GATHER_MS;
  }
}
