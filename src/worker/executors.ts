/** The executors that a worker's tasks use: started before the first task, stopped after the last. */
import type { Executable, Executor, ExecutorHost } from "./executor.ts";

export interface ExecutableTask extends Executable {
  readonly executor?: Executor | undefined;
}

export class Executors {
  readonly #default: Executor;
  readonly #host: ExecutorHost;
  /** With the starts that are under way or done; undefined where one failed, to be tried again. */
  readonly #started = new Map<Executor, Promise<void> | undefined>();

  constructor(byDefault: Executor, host: ExecutorHost) {
    this.#default = byDefault;
    this.#host = host;
  }

  /** Resolves once those of the tasks have started. Rejects with the first that can't; the next call tries it again. */
  async start(tasks: Iterable<ExecutableTask>): Promise<void> {
    for (const { executor = this.#default } of tasks)
      await (this.#started.get(executor) ?? this.#start(executor));
  }

  /** Stops those that were started. Never rejects: what can't be stopped is logged. */
  async stop(): Promise<void> {
    const started = [...this.#started];
    this.#started.clear();
    await Promise.all(started.map(([executor, start]) => this.#stop(executor, start)));
  }

  #start(executor: Executor): Promise<void> {
    const start = (async () => executor.start?.(this.#host))();
    this.#started.set(executor, start);
    start.catch(() => {
      if (this.#started.get(executor) === start) this.#started.set(executor, undefined);
    });
    return start;
  }

  async #stop(executor: Executor, start: Promise<void> | undefined): Promise<void> {
    // Who awaits the start hears of it.
    await start?.catch(() => undefined);
    try {
      await executor.stop?.(this.#host);
    } catch (err) {
      this.#host.logger.error({ err }, "an executor could not be stopped");
    }
  }
}
