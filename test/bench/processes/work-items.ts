/** The task that is measured: what goes in and what comes out, alike for every system. */

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

  /** Resolves when there are `count` since the last {@link take}, with how many there are. */
  async reaches(count: number): Promise<number> {
    if (this.#ids.length < count) {
      this.#wanted = count;
      this.#reached = Promise.withResolvers();
      await this.#reached.promise;
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
