/** Jobs of one key, one after the other; those of different keys at once. */
export class OneByOne {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs the job when those before it have ended, whatever became of them. */
  run<T>(key: string, job: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const running = before === undefined ? job() : before.then(job, job);
    this.#last.set(key, running);
    const forget = (): void => {
      if (this.#last.get(key) === running) this.#last.delete(key);
    };
    running.then(forget, forget);
    return running;
  }
}
