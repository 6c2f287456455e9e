/** The executor that runs handlers in threads. */
import { QTasksError } from "../../core/errors.ts";
import type { Executable, Execution, Executor, ExecutorHost } from "../executor.ts";
import { moduleOf, type HandlerModule } from "../module-handler.ts";
import {
  resolveThreadsOptions,
  type ResolvedThreadsOptions,
  type ThreadsOptions,
} from "./options.ts";
import type { ThreadPool } from "./thread-pool.ts";

/**
 * An executor for handlers that compute or block: each runs in a thread of its own, one at a time, and is ended with its
 * thread when it does not heed its signal. It runs handlers made by {@link moduleHandler}. Share one among all tasks
 * that are to share its threads. CONFIG_INVALID names an option that is wrong.
 *
 * A task that waits for a free thread has started: the wait counts against its attempt's timeout.
 */
export function threads(options: ThreadsOptions = {}): Executor {
  return new ThreadExecutor(resolveThreadsOptions(options));
}

/** Its threads live while it works for some worker. */
class ThreadExecutor implements Executor {
  readonly #options: ResolvedThreadsOptions;
  readonly #hosts = new Set<ExecutorHost>();
  #pool: ThreadPool | undefined;
  #changing: Promise<void> = Promise.resolve();

  constructor(options: ResolvedThreadsOptions) {
    this.#options = options;
  }

  check(task: Executable): void {
    moduleFor(task);
  }

  start(host: ExecutorHost): Promise<void> {
    return this.#change(async () => {
      this.#hosts.add(host);
      if (this.#pool !== undefined) return;
      // Not before it is needed: most programs have no threads.
      const { ThreadPool } = await import("./thread-pool.ts");
      this.#pool = ThreadPool.open(this.#options, host.logger);
    });
  }

  stop(host: ExecutorHost): Promise<void> {
    return this.#change(async () => {
      if (!this.#hosts.delete(host) || this.#hosts.size > 0) return;
      const pool = this.#pool;
      this.#pool = undefined;
      await pool?.close();
    });
  }

  run(execution: Execution): Promise<unknown> {
    const module = moduleFor(execution.registration);
    if (this.#pool !== undefined) return this.#pool.run(execution, module);
    throw new QTasksError("SHUTTING_DOWN", "threads run only while a worker that has them runs");
  }

  /** One change after the other: who starts while it stops gets threads of its own. */
  #change(change: () => Promise<void>): Promise<void> {
    this.#changing = this.#changing.catch(() => undefined).then(change);
    return this.#changing;
  }
}

function moduleFor({ definition, handler }: Executable): HandlerModule {
  const module = moduleOf(handler);
  if (module !== undefined) return module;
  throw new QTasksError(
    "CONFIG_INVALID",
    `the handler of the task ${definition.name} can't be run in a thread: make it by moduleHandler(url), ` +
      `or run it by another executor, such as new InlineExecutor()`,
  );
}
