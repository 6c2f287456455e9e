/** The executors that a worker's tasks use: started before the first task, stopped after the last. */
import type { Executable, Executor, ExecutorHost } from "./executor.ts";

export interface ExecutableTask extends Executable {
  readonly executor?: Executor | undefined;
}

export class Executors {
  readonly #default: Executor;
  readonly #host: ExecutorHost;
  readonly #started = new Set<Executor>();

  constructor(byDefault: Executor, host: ExecutorHost) {
    this.#default = byDefault;
    this.#host = host;
  }

  /** Starts those of the tasks that are not started yet. Rejects with the first that can't be. */
  async start(tasks: Iterable<ExecutableTask>): Promise<void> {
    for (const { executor = this.#default } of tasks) {
      if (this.#started.has(executor)) continue;
      this.#started.add(executor);
      await executor.start?.(this.#host);
    }
  }

  /** Stops those that were started. Never rejects: what can't be stopped is logged. */
  async stop(): Promise<void> {
    const started = [...this.#started];
    this.#started.clear();
    await Promise.all(started.map((executor) => this.#stop(executor)));
  }

  async #stop(executor: Executor): Promise<void> {
    try {
      await executor.stop?.(this.#host);
    } catch (err) {
      this.#host.logger.error({ err }, "an executor could not be stopped");
    }
  }
}
