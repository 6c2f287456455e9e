/** The task that is measured: what goes in and what comes out, alike for every system. */

import { setTimeout as sleep } from "node:timers/promises";
import { STALLED_MS } from "../measure/until-reached.ts";

/** The task's name, and the job's at the peers. */
export const TASK = "bench.noop";

/** An input whose JSON takes 200 bytes. */
export const INPUT = { data: "x".repeat(200 - '{"data":""}'.length) } as const;

/** A result whose JSON takes 20 bytes. */
export const RESULT = "r".repeat(18);

/** Ids that a handler was called with, and a signal when there are enough of them. */
export class Handled {
  #ids: string[] = [];
  #wanted = 0;
  #reached: PromiseWithResolvers<void> | undefined;

  add(id: string): void {
    this.#ids.push(id);
    if (this.#ids.length === this.#wanted) this.#reached?.resolve();
  }

  /**
   * Resolves when there are `count` since the last {@link take}, or when there are fewer and come no more; with how
   * many there are.
   */
  async reaches(count: number): Promise<number> {
    let before = -1;
    while (this.#ids.length < count && this.#ids.length > before) {
      before = this.#ids.length;
      this.#wanted = count;
      this.#reached = Promise.withResolvers();
      await Promise.race([this.#reached.promise, sleep(STALLED_MS, undefined, { ref: false })]);
    }
    return this.#ids.length;
  }

  /** The ids since the last time. */
  take(): string[] {
    const ids = this.#ids;
    this.#ids = [];
    return ids;
  }
}
