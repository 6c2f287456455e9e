/** Who waits for the end of a task. */
type Wake = (now: number) => void;

export class Waiters {
  readonly #waiting = new Map<string, Set<Wake>>();

  /** Calls it at the end of the task; the function that is returned makes it forgotten. */
  add(taskId: string, wake: Wake): () => void {
    const waiting = this.#waiting.get(taskId) ?? new Set();
    this.#waiting.set(taskId, waiting.add(wake));
    return () => void waiting.delete(wake);
  }

  ended(taskId: string, now: number): void {
    const waiting = this.#waiting.get(taskId);
    this.#waiting.delete(taskId);
    for (const wake of waiting ?? []) wake(now);
  }
}
